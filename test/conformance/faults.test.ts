import { testFaultless, testFaults } from './every-fault.ts'

testFaultless()
testFaults({ part: 0, of: 2 })
