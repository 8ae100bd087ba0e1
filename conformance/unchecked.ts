/** The rows of the requirement matrix that cannot be seen from outside, each with its reason. */
export const unchecked: Readonly<Record<string, string>> = {
  'DEN-05': 'a subscription that runs is cancelled by its operator, whose means are of each hub its own',
  'DEN-06': 'what a cancelled subscription is owed is dropped: it takes an operator to cancel one',
  'SUB-30': 'too many requests are refused: it takes a flood, which a hub that others use shall not be sent',
  'DISC-07': 'a place of discovery that the Recommendation gave up: nothing is asked of a hub',
  'DISC-09': 'a helper for subscribers, of which each hub that has one chooses the URL and the form',
  'DISC-12': "it is about topics that a hub hosts itself, and the suite's are the suite's",
  'RETRY-16': "it is about the hub's own log and pages, which only its operator sees",
  'SEC-02': 'it takes a name whose address changes between two lookups, and a redirect from a public place',
  'SEC-03': 'that topics and callbacks are allowed by lists of their own is a matter of settings, which differ',
  'SEC-07': 'how long a comparison takes is drowned by everything else that a request takes',
  'SEC-15': 'what the hub keeps on its disk, and writes to its log, only its operator sees',
}
