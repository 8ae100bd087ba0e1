/** One field of a form as it came: `raw` is the value before decoding (PUB-06 splits it at its bare commas). */
export interface FormField {
  readonly name: string
  readonly value: string
  readonly raw: string
}

/** The fields of a request, in their order. Names are case-sensitive. */
export type Form = readonly FormField[]

/** `application/x-www-form-urlencoded` (URL Standard §5.1), always UTF-8; never throws: a stray `%` stands for itself. */
export function parseForm(text: string): Form {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      const name = equals === -1 ? pair : pair.slice(0, equals)
      const raw = equals === -1 ? '' : pair.slice(equals + 1)
      return { name: decode(name), value: decode(raw), raw }
    })
}

/** Every value of the name that is not empty: an empty parameter counts as absent. */
export function values(form: Form, name: string): readonly string[] {
  return form.filter((field) => field.name === name && field.value !== '').map((field) => field.value)
}

function decode(text: string): string {
  // The platform's own decoder, given a pair whose name cannot be split further.
  return new URLSearchParams(`v=${text.replaceAll('&', '%26')}`).get('v') ?? ''
}
