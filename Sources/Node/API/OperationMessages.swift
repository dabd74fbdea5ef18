import Casework
import Divisions
import Ledger
import Libraries

/// How the machine is kept.
package struct OperationMessage: Codable, Hashable, Sendable {
    package let division: String
    package let name: String
    package let release: String
    package let phase: NodePhase
    package let uptimeSeconds: UInt64
    /// The node's clock, milliseconds since 1970.
    package let clock: UInt64
    /// Absent where the system does not say.
    package let diskFree: Int64?
    package let diskTotal: Int64?
    package let storeBytes: Int64
    package let boardBytes: Int64
    package let entries: UInt64
    package let records: Int
    package let conflicts: Int
    package let dirty: Int
    package let forks: Int
    package let filesMissing: Int
    /// The node's own first, the root last.
    package let certificates: [OperationCertificate]
    package let tokens: [OperationToken]
    /// The latest first.
    package let backups: [OperationBackup]
    package let jobs: [Job]
    package let metrics: [OperationMetric]
}

/// For whom a token stands: never the token itself.
package struct OperationToken: Codable, Hashable, Sendable {
    package let label: String
    package let role: String
    package let roleName: WordsMessage
    package let division: String
    package let body: String
    package let author: String?

    init(_ holder: TokenHolder) {
        (label, role, division, body) = (holder.label, holder.role.rawValue, holder.division.text, holder.body)
        roleName = WordsMessage(Bilingual(holder.role.chinese, holder.role.rawValue))
        author = holder.author?.description
    }
}

package struct OperationTokens: Codable, Hashable, Sendable { package let tokens: [OperationToken] }

/// A token as it is made: nobody sees it again.
package struct NewToken: Codable, Hashable, Sendable {
    package let label: String
    package let token: String
}

package struct JobList: Codable, Hashable, Sendable { package let jobs: [Job] }

/// One figure of the node's metrics.
package struct OperationMetric: Codable, Hashable, Sendable {
    /// Figures that are told at a glance.
    private static let metricsMax = 200

    package let name: String
    /// As Prometheus writes them, `a="b",c="d"`; empty for none.
    package let labels: String
    package let value: Double

    /// The figures of a text in Prometheus' format; the steps of histograms are left out.
    static func all(in text: String) -> [OperationMetric] {
        var metrics: [OperationMetric] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("#") && metrics.count < metricsMax {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]),
                value.isFinite
            else { continue }
            let name = line[..<space]
            let labels = name.split(separator: "{", maxSplits: 1)
            guard let first = labels.first, !first.hasSuffix("_bucket") else { continue }
            let rest = labels.count > 1 ? labels[1].dropLast() : ""
            metrics.append(OperationMetric(name: String(first), labels: String(rest), value: value))
        }
        return metrics
    }
}
