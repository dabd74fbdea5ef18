import Casework
import Foundation
import Ledger
import Libraries
import Node

/// Somebody at a case: what the case's own calls of a node's API do, in his name.
struct CaseDesk: Sendable {
    let client: APIClient
    /// Of whoever sits here.
    let certificate: String
    let acknowledged: Acknowledged

    /// A step that he means to take.
    struct Taking: Sendable {
        var step: String
        /// The rule's first where there is none.
        var outcome: String?
        /// Certificates of those who take it with him.
        var with: [String] = []
        var facts: [String: JSON] = [:]
        /// Digests of files that belong to it.
        var evidence: [String] = []
        var details: [String: String] = [:]

        fileprivate var json: JSON {
            var members: [String: JSON] = ["step": .text(step)]
            if let outcome { members["outcome"] = .text(outcome) }
            if !with.isEmpty { members["with"] = .array(with.map(JSON.text)) }
            if !facts.isEmpty { members["facts"] = .object(facts) }
            if !evidence.isEmpty { members["evidence"] = .array(evidence.map(JSON.text)) }
            if !details.isEmpty { members["details"] = .object(details.mapValues(JSON.text)) }
            return .object(members)
        }
    }

    // MARK: Reading

    func read(_ id: RecordID) async throws -> CaseMessage { try await client.caseFile(id) }

    /// The case, or nil while the node does not hold it, or not what it is pinned to.
    func readIfHere(_ id: RecordID) async throws -> CaseMessage? {
        do throws(APIFailure) { return try await client.caseFile(id) } catch {
            if case .problem(let problem) = error, [404, 422].contains(problem.status) { return nil }
            throw error
        }
    }

    // MARK: Working

    func open(_ procedure: String, officers: [String]) async throws -> RecordID {
        let opened = try await client.openCase(
            ["procedure": .text(procedure), "officers": .array(officers.map(JSON.text))])
        guard let id = RecordID(opened.id) else {
            throw CommandFailure(.failed, "the node answered with an id that cannot be read")
        }
        return id
    }

    func enter(_ facts: [String: JSON], into id: RecordID) async throws {
        _ = try await client.enterFacts(facts, into: id)
    }

    @discardableResult
    func take(_ taking: Taking, in id: RecordID) async throws -> TakenStepMessage {
        let taken = try await client.takeStep(taking.json, in: id)
        acknowledged.add(taken.entries)
        return taken
    }

    /// Tries to take a step that the law forbids.
    ///
    /// - Returns: why it was refused, as an officer reads it; nil if it was taken after all.
    func refusal(of taking: Taking, in id: RecordID) async throws -> String? {
        do throws(APIFailure) {
            _ = try await client.takeStep(taking.json, in: id)
            return nil
        } catch {
            guard let refusal = error.refusal else { throw error }
            return refusal.detail
        }
    }

    /// Puts the case into the hands of a body, his own or one below it.
    func grant(_ id: RecordID, to division: String, _ body: String, officers: [String]) async throws {
        let grant: JSON = [
            "division": .text(division), "body": .text(body), "officers": .array(officers.map(JSON.text)),
        ]
        _ = try await client.grantHandler(grant, of: id)
    }

    /// A superior's word on a step, named as the case names it.
    func confirm(_ target: String, in id: RecordID, reason: String) async throws {
        let ruling: JSON = [
            "ruling": .text(Overruling.confirm.rawValue), "target": .text(target), "reason": .text(reason),
        ]
        _ = try await client.rule(ruling, in: id)
    }

    // MARK: Files

    /// Hands in a file from the scene and attaches it to the case.
    ///
    /// - Parameter recording: the step that it records.
    /// - Returns: its digest.
    func attach(
        _ path: String, to id: RecordID, recording: String, at moment: LegalMoment, place: String
    ) async throws -> String {
        let file = try await client.uploadFile(path, byteCount: Files.size(path))
        let evidence: JSON = [
            "digest": .text(file.digest), "kind": "视听资料", "capturedAt": .text(moment.description),
            "mediaType": "image/png", "place": .text(place), "recording": .text(recording), "caption": "现场照片",
        ]
        return try await client.attachEvidence(evidence, to: id).digest
    }

    /// The bytes of a file; nil while they are not here.
    func file(_ digest: String) async throws -> [UInt8]? {
        do throws(APIFailure) { return try await client.file(digest) } catch {
            if case .problem(let problem) = error, problem.status == 404 { return nil }
            throw error
        }
    }

}

extension CaseMessage {
    /// The last taking of a step.
    func last(_ step: String) -> CaseStepMessage? { steps.last { $0.step == step } }

    func next(_ step: String) -> NextStepMessage? { next.first { $0.step == step } }
}
