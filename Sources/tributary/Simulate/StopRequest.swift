import Foundation
import Synchronization

/// That somebody wants a long command to end (Ctrl-C, or a service manager): it says what it has, and then ends the way
/// the signal would have ended it, so that a shell's loop around it ends too.
enum StopRequest {
    private static let number = Atomic<Int32>(0)

    /// From here on signals are remembered instead of ending the process; a second one ends it at once.
    static func listen() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for wanted in [SIGINT, SIGTERM] {
            signal(wanted) { number in
                if StopRequest.number.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
            }
            sigaddset(&signals, wanted)
        }
        // Whoever started this process may have held them back, as threads of Dispatch do.
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    static var isMade: Bool { number.load(ordering: .relaxed) != 0 }

    /// Ends the process the way the signal would have, if one came.
    static func follow() {
        let number = number.load(ordering: .relaxed)
        guard number != 0 else { return }
        signal(number, SIG_DFL)
        raise(number)
    }

    /// What is thrown through work that is given up.
    struct GivenUp: Error {}

    static func check() throws { if isMade { throw GivenUp() } }
}
