import Foundation
import Simulation

/// The second harness: plays the stories of the simulator on real processes in network namespaces, so that what the
/// simulator says is checked against the world.
enum NamespaceHarness {
    /// What a story came to.
    struct Outcome: Sendable {
        /// What was not as it should be, each in one line.
        var unmet: [String] = []
        /// Whether all machines came to hold the same.
        var hasAgreed = false
        /// Acts of the story that found nothing to act on: officers at a machine that was down, twins that were there.
        var skipped: [String] = []
        var acts = 0
        var expectations = 0
        var entries = 0
        var seconds = 0.0
        /// Where the files of the nodes are left, because something is wrong.
        var files: String?

        var isSound: Bool { unmet.isEmpty && hasAgreed }
    }

    /// What of a story cannot be made to happen here; one with obstacles is not run.
    static func obstacles(of scenario: Scenario) -> [String] { NamespacePlan.obstacles(of: scenario) }

    /// Why network namespaces cannot be made here; nil where they can.
    static func unavailable() -> String? {
        for program in ["ip", "tc"] where HostCommand.path(of: program) == nil {
            return "\(program) (iproute2) is not installed"
        }
        do throws(CommandFailure) {
            let network = try NamespaceNetwork.claim()
            defer { network.remove() }
            let wires = try network.addOffice(wires: 1)
            try network.limit(wires, to: 1_000_000)
            return nil
        } catch {
            let reason = "network namespaces are not allowed here: \(error.description)"
            return geteuid() == 0 ? reason : "this account is not root; " + reason
        }
    }

    /// Plays a story from its first act to its proof. Everything it has made is gone afterwards, however it ended; the
    /// files of the nodes stay where something is wrong.
    ///
    /// - Parameters:
    ///   - executable: of `tributary`.
    ///   - progress: hears of every act, in one line.
    static func run(
        _ scenario: Scenario, executable: String = Executable.path, progress: @escaping @Sendable (String) -> Void
    ) async throws -> Outcome {
        let obstacles = obstacles(of: scenario)
        precondition(obstacles.isEmpty, "\(scenario.name) cannot run here: \(obstacles)")
        let begun = ContinuousClock.now
        let path = FileManager.default.temporaryDirectory
            .appending(path: "tributary-namespaces-\(UUID().uuidString.prefix(8))").path
        var fillable: Set<String> = []
        for event in scenario.events { if case .fillDisk(let machine) = event.act { fillable.insert(machine) } }
        let province = try await NamespaceProvince(
            scenario.tree, at: path, executable: executable, seed: scenario.seed, fillable: fillable)
        var story = NamespaceStory(scenario, province, progress: progress)
        do { try await story.play() } catch {
            // Whoever broke it off does not want to know what went wrong.
            let isKept = !Task.isCancelled
            await story.province.remove(keepingFiles: isKept)
            if isKept { progress("  日志 logs: \(path)/*/node.log") }
            throw error
        }
        var outcome = story.outcome
        await story.province.remove(keepingFiles: !outcome.isSound)
        outcome.seconds = begun.duration(to: .now).seconds
        outcome.files = outcome.isSound ? nil : path
        return outcome
    }
}
