import Casework
import Foundation
import Ledger
import Libraries
import Papers

/// A page or list that is kept among the files with a step.
struct KeptPaper: Sendable {
    let kind: String
    let number: String?
    let mediaType: String
    let text: String
    /// SHA-256 of the text's UTF-8, in hexadecimal.
    let digest: String

    init(_ document: FrozenDocument) {
        (kind, number, mediaType) = (document.kind, document.number, "text/html")
        (text, digest) = (document.html, document.digest)
    }

    init(_ volume: ArchiveVolume) {
        (kind, number, mediaType) = (CaseReading.volumeKind, nil, "application/json")
        (text, digest) = (volume.text, FrozenDocument.digest(of: volume.text))
    }

    var issued: StepMark.Issued { StepMark.Issued(kind: kind, number: number, digest: digest) }
}

extension CaseReading {
    /// What an issued list of a sealed volume is called among documents.
    static let volumeKind = "volume"

    /// The volume of a case as it is sealed when the case ends: every document issued with a step that counts, and all
    /// evidence, in the order of the procedure's archive rule (档案法第37条, 行政处罚法第47条).
    ///
    /// - Parameter last: what is issued with the ending step itself.
    func volume(sealedOn day: LegalDate, with last: [StepMark.Issued]) -> ArchiveVolume {
        let templates = TemplateShelf.templates(knowing: knowledge)
        var pieces: [ArchivePiece] = []
        func add(_ issued: StepMark.Issued, _ step: String, _ day: LegalDate) {
            let template = templates[issued.kind]
            pieces.append(
                ArchivePiece(
                    name: "\(issued.kind)-\(pieces.count + 1)", sort: .document, kind: issued.kind, step: step,
                    title: template?.title.chinese ?? issued.kind, number: issued.number, day: day,
                    digest: issued.digest, note: nil, volume: template?.volume ?? .main))
        }
        for step in judge.judge(history) where step.counts {
            for issued in step.taken.mark.issued { add(issued, step.taken.mark.step, step.taken.mark.at.day) }
        }
        for issued in last { add(issued, "", day) }
        for piece in evidence() {
            pieces.append(
                ArchivePiece(
                    name: "evidence-\(pieces.count + 1)", sort: .evidence, kind: "evidence", step: "",
                    title: piece.title, number: nil, day: piece.day, digest: piece.digest, note: piece.note,
                    volume: .main))
        }
        return ArchiveVolume(
            caseNumber: history.text("case-no") ?? history.id.key.description, title: history.text("title") ?? "",
            body: history.text(CaseField.body) ?? "", sealedOn: day, rule: procedure.archive, pieces: pieces)
    }

    /// The cover, the contents and the sealed list that end a case; nothing where the procedure files nothing.
    func seal(
        _ draft: StepMark, with last: [StepMark.Issued], at moment: LegalMoment
    ) throws(DocumentFault) -> [KeptPaper] {
        guard procedure.step(draft.step)?.outcome(draft.outcome)?.ending != nil,
            !(procedure.archive.main + procedure.archive.sub).isEmpty
        else { return [] }
        let volume = volume(sealedOn: moment.day, with: last)
        var context = context(at: moment, officers: draft.officers, number: nil)
        context.volume = volume
        context.caseNumber = context.caseNumber ?? volume.caseNumber
        let templates = TemplateShelf.templates(knowing: knowledge)
        var papers = [KeptPaper(volume)]
        for kind in ["volume-cover", "volume-contents"] where templates[kind] != nil {
            papers.append(KeptPaper(try templates.render(kind, with: context)))
        }
        return papers
    }

    /// The digest of the file that holds the sealed list; nil for a case that has none.
    var sealedVolume: String? {
        history.steps.reversed().lazy.flatMap(\.mark.issued).first { $0.kind == Self.volumeKind }?.digest
    }
}
