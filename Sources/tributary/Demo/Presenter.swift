import Foundation
import Synchronization

/// Writes what happens for people: lines that stay, and on a terminal a picture below them that is drawn over.
final class Presenter: Sendable {
    /// The width that everything fits into, however wide the window is.
    static let columnsMax = 100

    private struct State {
        var drawnLines = 0
        var picture: [String] = []
    }

    let terminal: Terminal
    let columns: Int
    private let state = Mutex(State())

    init(_ terminal: Terminal) {
        self.terminal = terminal
        columns = min(Self.columnsMax, (terminal.columns ?? Self.columnsMax + 1) - 1)
    }

    var isLive: Bool { terminal.isInteractive }

    /// Lines that stay.
    func say(_ lines: [String]) {
        state.withLock { state in
            erase(&state)
            terminal.write(lines.map { $0 + "\n" }.joined())
            draw(&state)
        }
    }

    /// In Chinese, and in English behind it.
    func say(_ chinese: String, _ english: String, mark: String = "·") {
        let lines = "\(chinese)  \(english)".wrapped(to: columns - 4)
        say(lines.enumerated().map { $0 == 0 ? "  \(mark) \($1)" : "    \($1)" })
    }

    /// Replaces the picture; nothing happens where there is no terminal.
    func show(_ picture: [String]) {
        guard isLive else { return }
        state.withLock { state in
            state.picture = picture.map { $0.fitted(to: columns) }
            redraw(&state)
        }
    }

    /// The picture goes.
    func clear() {
        state.withLock { state in
            erase(&state)
            state.picture = []
        }
    }

    private func redraw(_ state: inout State) {
        var text = state.drawnLines > 0 ? "\u{1B}[\(state.drawnLines)A" : ""
        for line in state.picture { text += line + "\u{1B}[K\n" }
        let left = state.drawnLines - state.picture.count
        if left > 0 { text += "\u{1B}[J" }
        state.drawnLines = state.picture.count
        terminal.write(text)
    }

    private func erase(_ state: inout State) {
        guard state.drawnLines > 0 else { return }
        terminal.write("\u{1B}[\(state.drawnLines)A\u{1B}[J")
        state.drawnLines = 0
    }

    private func draw(_ state: inout State) {
        guard isLive, !state.picture.isEmpty else { return }
        redraw(&state)
    }
}
