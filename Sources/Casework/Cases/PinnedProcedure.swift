import Lattice
package import Ledger

/// Finds the procedure a case is pinned to: the text that the edit which began it looked at, whatever has been written
/// over that text since.
package enum PinnedProcedure {
    /// The kind's field that holds the YAML text.
    package static let textField = "text"

    /// The text, and the citation it was found by; nil where its entry is not here.
    package static func text(of history: CaseHistory, knowledge: any CaseKnowledge) -> (
        citation: Citation, text: String
    )? {
        for pin in history.facts[CaseField.procedure] ?? [] {
            for citation in pin.reads {
                guard let edit = knowledge.edit(citation), edit.record.kind == CaseworkKinds.procedure.name,
                    edit.field == textField, case .text(let text) = edit.value
                else { continue }
                return (citation, text)
            }
        }
        return nil
    }
}
