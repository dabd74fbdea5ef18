import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Lattice
import Ledger
import Libraries
import Papers
import Replication
import Store

/// What lies in the file of a case: the ladder of its stages, its papers, its evidence, and who wrote what where.
extension Endpoint {
    static let dossier: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/cases/{id}/dossier", operation: "readDossier",
            summary:
                "The file of a case: its stages, the documents issued and those that can be previewed, its evidence "
                + "with capture data, and its timeline: who wrote what at which node, and when it arrived here.",
            parameters: [.path("id", "The case's id, kind:home:flow:key, percent-encoded where need be.")],
            answer: .json("DossierMessage", "The file."), isViewLogged: true,
            problems: [.roleForbids, .notFound, .refused],
            handler: .holder { api, call, holder in try await api.readDossier(call, holder) })
    ]
}

package struct DossierStage: Codable, Hashable, Sendable {
    package let id: String
    package let name: WordsMessage
    /// `done`, `current` or `ahead`.
    package let state: String
}

package struct DossierPaper: Codable, Hashable, Sendable {
    package let kind: String
    package let title: WordsMessage
    package let number: String?
    package let digest: String
    package let step: WordsMessage
    package let at: String
    /// Whether its step counts.
    package let counts: Bool
    /// Whether its text is at this node yet.
    package let isHere: Bool
}

package struct DossierPreview: Codable, Hashable, Sendable {
    package let kind: String
    package let title: WordsMessage
    /// Names of the `details` that it shows, beside the facts of the case.
    package let details: [String]
    /// Whether it can be shown with what the case has already.
    package let isComplete: Bool
}

package struct DossierEvidence: Codable, Hashable, Sendable {
    package let record: String
    package let digest: String
    /// As 行政处罚法第46条 names it.
    package let kind: String
    package let caption: String?
    package let mediaType: String?
    package let size: Int64?
    package let capturedAt: String?
    package let attachedAt: String?
    package let place: String?
    package let officer: String?
    package let device: String?
    /// The step that it records.
    package let recording: WordsMessage?
    package let isHere: Bool
}

/// One act on the case as it arrived here.
package struct DossierEvent: Codable, Hashable, Sendable {
    /// Milliseconds since 1970, by the writer's clock.
    package let written: UInt64
    /// By this node's clock.
    package let arrived: UInt64
    package let division: String
    package let divisionName: String?
    package let seatName: String?
    package let officer: String?
    /// Steps and facts that it names, in its order.
    package let names: [WordsMessage]
    /// `step`, `facts` or `handler`.
    package let sort: String
    /// False beyond a proven fork.
    package let counts: Bool
}

package struct DossierPerson: Codable, Hashable, Sendable {
    package let certificate: String
    package let name: String
}

package struct DossierMessage: Codable, Hashable, Sendable {
    package let id: String
    /// The name of the case's item, as far as it is known here.
    package let itemName: String?
    package let stages: [DossierStage]
    package let papers: [DossierPaper]
    package let previews: [DossierPreview]
    package let evidence: [DossierEvidence]
    /// The latest first.
    package let timeline: [DossierEvent]
    /// How many there are in all.
    package let events: Int
    /// Everyone named in it, as far as this node knows him.
    package let people: [DossierPerson]
}

extension API {
    /// Acts on a case that are told; the rest is in the history of its record.
    private static let eventsMax = 200

    func readDossier(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try call.record()
        try call.query.finish()
        let viewer = Sight.Viewer(division: holder.division, body: holder.body, posts: holder.role.posts)
        let (log, heads) = try await core.read { (reader) throws(StoreFailure) in
            let log = try reader.history(of: id)
            let streams = Set(log.map(\.id.stream))
            let heads = try reader.heads().filter { streams.contains($0.stream) }
            return (log, Dictionary(uniqueKeysWithValues: heads.map { ($0.stream, $0) }))
        }
        let (now, tree, files) = (today, core.tree, core.files)
        let officers = try await certificate(of: holder).map { [$0] } ?? []
        let message = try await reading(id) { reading in
            guard reading.isVisible(to: viewer) else { throw Self.hidden }
            let events = HistoryMessage(of: id, log: log, heads: heads, tree: tree).entries
            let dossier = Dossier(reading, now, log: log, events: events) { files.byteCount(of: $0) != nil }
            return dossier.message(
                eventsMax: Self.eventsMax, tree: tree,
                shownWith: reading.context(at: now, officers: officers, number: Self.numberToCome))
        }
        try await logView(.case, of: id, call, holder)
        return try Self.json(message)
    }
}

/// Puts the file of a case together.
private struct Dossier {
    let reading: CaseReading
    let assessment: Assessment
    let log: [LoggedEntry]
    let events: [HistoryEntry]
    let isHere: (Digest) -> Bool

    init(
        _ reading: CaseReading, _ now: LegalMoment, log: [LoggedEntry], events: [HistoryEntry],
        isHere: @escaping (Digest) -> Bool
    ) {
        (self.reading, self.log, self.events, self.isHere) = (reading, log, events, isHere)
        assessment = reading.judge.assess(reading.history, at: now)
    }

    func message(eventsMax: Int, tree: DivisionTree, shownWith context: DocumentContext) -> DossierMessage {
        let templates = TemplateShelf.templates(knowing: reading.knowledge)
        let evidence = evidence
        let named =
            assessment.steps.flatMap(\.taken.mark.officers) + evidence.compactMap(\.officer)
            + (assessment.handler?.officers ?? [])
        return DossierMessage(
            id: reading.history.id.description, itemName: itemName, stages: stages, papers: papers(templates),
            previews: previews(templates, context), evidence: evidence,
            timeline: Array(timeline(tree).reversed().prefix(eventsMax)), events: events.count,
            people: people(Set(named)))
    }

    private var itemName: String? {
        reading.history.text(CaseField.item).flatMap { reading.knowledge.item(code: $0)?.name }
    }

    private var stages: [DossierStage] {
        let stages = reading.procedure.stages
        let current = stages.firstIndex { $0.id == assessment.stage.id } ?? 0
        let isEnded = if case .ended = assessment.standing { true } else { false }
        return stages.enumerated().map { index, stage in
            let state =
                index < current || (isEnded && index == current) ? "done" : index == current ? "current" : "ahead"
            return DossierStage(id: stage.id, name: WordsMessage(stage.name), state: state)
        }
    }

    private func title(of kind: String, _ templates: DocumentTemplates) -> WordsMessage {
        WordsMessage(templates[kind]?.title ?? Bilingual(kind, kind))
    }

    private func papers(_ templates: DocumentTemplates) -> [DossierPaper] {
        assessment.steps.flatMap { step in
            step.taken.mark.issued.map { issued in
                DossierPaper(
                    kind: issued.kind, title: title(of: issued.kind, templates), number: issued.number,
                    digest: issued.digest, step: name(ofStep: step.taken.mark.step),
                    at: step.taken.mark.at.description, counts: step.counts,
                    isHere: Digest(sha256: issued.digest).map(isHere) ?? false)
            }
        }
    }

    /// Documents of the steps that may come next.
    private func previews(_ templates: DocumentTemplates, _ context: DocumentContext) -> [DossierPreview] {
        var seen = Set<String>()
        return assessment.next.compactMap { next in
            guard let kind = next.rule.document, templates[kind] != nil, seen.insert(kind).inserted else { return nil }
            return DossierPreview(
                kind: kind, title: title(of: kind, templates), details: templates.details(of: kind),
                isComplete: (try? templates.render(kind, with: context)) != nil)
        }
    }

    private var evidence: [DossierEvidence] {
        let ofCase = RecordQuery.Condition(field: "case", equals: .record(reading.history.id))
        let source = reading.knowledge.source
        let records = source.asking { try source.snapshot.records(of: CaseworkKinds.evidence.name, where: ofCase) }
        return (records ?? []).compactMap { record -> DossierEvidence? in
            func text(_ field: String) -> String? {
                if case .text(let text) = record.view[field]?.shown, !text.isEmpty { text } else { nil }
            }
            guard let digest = text("digest"), let kind = text("evidence-kind"), kind != CaseReading.documentSort
            else { return nil }
            var size: Int64?
            if case .integer(let count) = record.view["size"]?.shown { size = count }
            return DossierEvidence(
                record: record.id.description, digest: digest, kind: kind, caption: text("caption"),
                mediaType: text("media-type"), size: size, capturedAt: text("captured-at"),
                attachedAt: text("attached-at"), place: text("place"), officer: text("officer"),
                device: text("device"), recording: text("recording").map(name(ofStep:)),
                isHere: Digest(sha256: digest).map(isHere) ?? false)
        }.sorted { ($0.capturedAt ?? "", $0.digest) < ($1.capturedAt ?? "", $1.digest) }
    }

    private func timeline(_ tree: DivisionTree) -> [DossierEvent] {
        var arrivals: [String: (written: UInt64, arrived: UInt64)] = [:]
        for item in log {
            let stamp = JudgedEntry(logged: item, suite: Suite.p256.rawValue)?.header.stamp ?? item.arrived
            arrivals[item.id.text] = (stamp, item.arrived)
        }
        return events.compactMap { event in
            guard let times = arrivals[event.entry] else { return nil }
            let steps = event.edits.filter { $0.field == CaseField.steps && $0.action == "write" }
            let isGrant = event.edits.contains { $0.field == CaseField.handler }
            let names =
                steps.isEmpty
                ? event.edits.compactMap { edit in reading.procedure.fact(edit.field).map { WordsMessage($0.name) } }
                : steps.compactMap { edit in
                    edit.value?.text.flatMap { StepMark($0) }.map { name(ofStep: $0.step) }
                }
            return DossierEvent(
                written: times.written, arrived: times.arrived, division: event.division,
                divisionName: event.divisionName,
                seatName: event.seat.flatMap { DivisionCode($0) }.flatMap { tree.division($0)?.name },
                officer: officer(ofRecord: event.author), names: names,
                sort: steps.isEmpty ? (isGrant ? "handler" : "facts") : "step", counts: event.counts)
        }
    }

    private func name(ofStep id: String) -> WordsMessage {
        WordsMessage(reading.procedure.step(id)?.name ?? Overruling(step: id)?.name ?? Bilingual(id, id))
    }

    private func officer(ofRecord text: String?) -> String? {
        guard let id = text.flatMap({ RecordID($0) }),
            case .text(let certificate) = reading.knowledge.source.record(id)?.view["certificate-no"]?.shown
        else { return nil }
        return certificate
    }

    private func people(_ certificates: Set<String>) -> [DossierPerson] {
        certificates.sorted().compactMap { certificate in
            reading.knowledge.officer(certificate: certificate)?.name.map {
                DossierPerson(certificate: certificate, name: $0)
            }
        }
    }
}
