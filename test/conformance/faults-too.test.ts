import { testFaults } from './every-fault.ts'

testFaults({ part: 1, of: 2 })
