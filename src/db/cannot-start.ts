/** The hub cannot start as things stand, and the sentence tells a person what to do about it: no stack trace helps. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart'
}
