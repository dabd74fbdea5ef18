import Ledger
import Synchronization

/// The views that were logged a moment ago. One opening of a page asks for a case in several calls, and whoever takes a
/// step is shown the case again: that is one view and one line of the log, not several.
///
/// It is kept in memory alone: after a restart the same view is logged again, which is one line too many and none too
/// few. What is coalesced is the same holder being shown the same of the same record for the same reason.
final class RecentViews: Sendable {
    struct View: Hashable, Sendable {
        let holder: TokenHolder
        let what: ViewSort
        let subject: RecordID
        let purpose: Purpose
    }

    private enum Line {
        /// Somebody is writing it; who else is shown the same waits for that.
        case underway([CheckedContinuation<Void, Never>])
        case logged(at: UInt64)
    }

    private enum Turn {
        case isLogged
        case write
        case wait
    }

    /// Milliseconds within which the same view is the same opening of a page.
    static let window: UInt64 = 10_000
    /// Lines that are kept without looking for those that have aged.
    private static let linesMax = 4_096

    private let lines = Mutex<[View: Line]>([:])

    /// Has `write` write the view down, unless that was done a moment ago. Returns once the view is in the log.
    ///
    /// - Parameter now: milliseconds since 1970.
    func log<Failure: Error>(
        _ view: View, now: UInt64, _ write: () async throws(Failure) -> Void
    ) async throws(Failure) {
        while true {
            switch turn(view, now) {
            case .isLogged: return
            case .write:
                do throws(Failure) { try await write() } catch {
                    settle(view, nil)
                    throw error
                }
                return settle(view, .logged(at: now))
            case .wait: await underway(view)
            }
        }
    }

    private func turn(_ view: View, _ now: UInt64) -> Turn {
        lines.withLock { lines in
            switch lines[view] {
            case .logged(let at) where now >= at && now - at < Self.window: return .isLogged
            case .underway: return .wait
            case .logged, nil:
                if lines.count >= Self.linesMax {
                    lines = lines.filter { _, line in
                        if case .logged(let at) = line { now >= at && now - at < Self.window } else { true }
                    }
                }
                lines[view] = .underway([])
                return .write
            }
        }
    }

    /// Returns once nobody is writing the view any more.
    private func underway(_ view: View) async {
        await withCheckedContinuation { continuation in
            let isOver = lines.withLock { lines in
                guard case .underway(let waiting) = lines[view] else { return true }
                lines[view] = .underway(waiting + [continuation])
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private func settle(_ view: View, _ line: Line?) {
        let waiting = lines.withLock { lines -> [CheckedContinuation<Void, Never>] in
            defer { lines[view] = line }
            if case .underway(let waiting) = lines[view] { return waiting }
            return []
        }
        for continuation in waiting { continuation.resume() }
    }
}

extension ViewSort {
    /// Whether what and of which record says all that was shown: a second look at it shows nothing else. The documents
    /// and files of one case are several, and a list is another with every question.
    var isOneOpening: Bool {
        switch self {
        case .case, .record, .history: true
        case .list, .document, .volume, .file, .party, .export: false
        }
    }
}
