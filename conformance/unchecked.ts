/** The rows of the requirement matrix that cannot be seen from outside, each with its reason. */
export const unchecked: Readonly<Record<string, string>> = {
  'RETRY-16': "it is about the hub's own log and pages, which only its operator sees",
}
