import type { IncomingMessage } from 'node:http'
import type { Config } from '../config.ts'
import { RequestRefused } from '../refusal.ts'

/**
 * A hub on somebody's laptop may dial that laptop (design §5), so only that laptop may ask it to. What came through a proxy
 * or tunnel came from elsewhere; a foreign Host is a web page whose name was rebound to 127.0.0.1; a foreign Origin is a
 * web page that posts a form here.
 *
 * @throws {RequestRefused} 403 or 421, with what to set if this hub is meant for others
 */
export function refuseStrangers(incoming: IncomingMessage, config: Config): void {
  if (!config.loopbackAllowed) return
  const { headers, socket } = incoming
  const forwarding = Object.keys(headers).find((name) => forwardingHeaders.test(name))
  if (forwarding !== undefined) {
    throw new RequestRefused(
      `This hub serves its own machine only, and the request was forwarded (${forwarding}). ${remedy}`,
      {
        status: 403,
      },
    )
  }
  const hosts = ownHosts(config, socket.localPort)
  if (!hosts.has(hostOf(`http://${headers.host}`))) {
    throw new RequestRefused(`This hub serves its own machine only, and the request is for another host. ${remedy}`, {
      status: 421,
    })
  }
  if (headers.origin !== undefined && !hosts.has(hostOf(headers.origin))) {
    throw new RequestRefused(`This hub serves its own machine only, not pages of other sites. ${remedy}`, {
      status: 403,
    })
  }
}

/**
 * A request for two hosts would be one thing to a proxy and another to us (RFC 9112 §3.2); Node takes the first.
 *
 * @throws {RequestRefused} 400
 */
export function refuseSeveralHosts({ rawHeaders }: IncomingMessage): void {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')
  if (hosts.length > 1) throw new RequestRefused('There must be one Host header.')
}

const remedy = 'For others, start it with HUB_URL set to the public URL (and HOST to the address to listen on).'

const forwardingHeaders =
  /^(?:forwarded|via|x-forwarded(?:-.*)?|x-real-ip|x-original-.*|cf-connecting-ip|true-client-ip)$/

function ownHosts({ HUB_URL, HUB_URL_ALIASES }: Config, port: number | undefined): ReadonlySet<string | null> {
  const names = ['localhost', '127.0.0.1', '[::1]'].map((name) => `http://${name}:${port}`)
  const hosts = [HUB_URL, ...HUB_URL_ALIASES, ...names].map(hostOf)
  return new Set(hosts.filter((host) => host !== null))
}

/** Name and port, the default port left out. Null: no host at all, such as the Origin `null`. */
function hostOf(url: string): string | null {
  return URL.parse(url)?.host || null
}
