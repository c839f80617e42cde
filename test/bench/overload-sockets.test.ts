import { describe, expect, it } from 'vitest'
import { cameraPort, unreadBytes } from '../../scripts/bench/overload-sockets.ts'

/** Cameras at port 8554 (216A): a listener, a connection from both sides, one of theirs alone, and somebody else's. */
const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 0100007F:216A 00000000:0000 0A 00000007:00000003 00:00000000 00000000     0        0 1 1
   1: 0100007F:216A 0100007F:C001 01 00000010:00000005 01:00000000 00000000     0        0 2 1
   2: 0100007F:C001 0100007F:216A 01 00000002:00000100 00:00000000 00000000     0        0 3 1
   3: 0100007F:C002 0100007F:216A 01 00000000:00000001 00:00000000 00000000     0        0 4 1
   4: 0100007F:C003 0100007F:1F90 01 0000FFFF:0000FFFF 00:00000000 00000000     0        0 5 1
`

describe('bytes on their way from cameras', () => {
  it('are those that cameras sent and the gateway has not read, whoever else is connected', () => {
    // 0x10 on their side; 0x100 and 0x1 on the gateway's.
    expect(unreadBytes(8_554, table)).toBe(16 + 256 + 1)
    expect(unreadBytes(8_555, table)).toBe(0)
  })

  it('come from the port of the simulator', () => {
    expect(cameraPort([{ name: 'a', url: 'rtsp://127.0.0.1:8554/a', runsSince: 0 }])).toBe(8_554)
  })
})
