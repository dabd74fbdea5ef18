import Casework
import Foundation
import Lattice
import Libraries
import Node

/// The rules that come down from the province as data: procedures, document templates, rules of supervision and forms
/// of exchange, as this repository ships them.
struct DemoCaseRules: Sendable {
    /// Drafts of one change: some hundred KiB of text.
    private static let draftsPerChange = 10

    let procedures: Int
    let templates: Int
    private let drafts: [DraftMessage]

    /// Reads every file of them.
    ///
    /// - Parameters:
    ///   - root: the directory that holds `Procedures` and its siblings.
    ///   - home: the code of the division they belong to.
    /// - Throws: what is wrong with one, with its line.
    init(in root: String, home: String) throws(CommandFailure) {
        let files = try ProcedureFiles([root])
        guard files.faults.isEmpty else { throw CommandFailure(.badData, files.faults.joined(separator: "\n")) }
        procedures = files.pieces.count { $0.sort == .procedure }
        templates = files.pieces.count { $0.sort == .template }
        drafts = files.pieces.map { piece in
            let kind = Self.kind(piece.sort)
            let version = piece.version ?? 1
            var fields: [String: JSON] = [
                "id": .text(piece.id), "version": .integer(Int64(version)), "text": .text(piece.text),
            ]
            if kind.field("name") != nil { fields["name"] = .text(piece.name) }
            return DraftMessage(kind: kind.name, home: home, key: "\(piece.id)@\(version)", fields: fields)
        }
    }

    func bring(to client: APIClient) async throws {
        for start in stride(from: 0, to: drafts.count, by: Self.draftsPerChange) {
            let change = ImportRequest(drafts: Array(drafts[start...].prefix(Self.draftsPerChange)))
            _ = try await client.importDrafts(change)
        }
    }

    private static func kind(_ sort: ProcedureFiles.Piece.Sort) -> Kind {
        switch sort {
        case .procedure: CaseworkKinds.procedure
        case .template: CaseworkKinds.template
        case .ruleSet: CaseworkKinds.ruleSet
        }
    }
}
