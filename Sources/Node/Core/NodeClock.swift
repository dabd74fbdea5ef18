import Dispatch
import Foundation
import Replication

/// The two clocks of this machine, read together: the only place where the runtime asks for the time.
enum NodeClock {
    static var now: Moment {
        Moment(wall: UInt64(max(0, Date().timeIntervalSince1970 * 1_000)), monotonic: monotonicMilliseconds)
    }

    static var monotonicMilliseconds: UInt64 { DispatchTime.now().uptimeNanoseconds / 1_000_000 }
    static var monotonicNanoseconds: UInt64 { DispatchTime.now().uptimeNanoseconds }

    static func deadline(atMilliseconds milliseconds: UInt64) -> DispatchTime {
        DispatchTime(uptimeNanoseconds: milliseconds.multipliedReportingOverflow(by: 1_000_000).partialValue)
    }
}
