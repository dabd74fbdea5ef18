package import Casework
import Ledger

/// A document as it was issued: its text, which nobody changes any more, and the digest by which a step names it.
package struct FrozenDocument: Hashable, Sendable {
    package let kind: String
    /// Of the template it was made from.
    package let version: Int
    package let title: Bilingual
    package let number: String?
    /// A whole HTML page, ready to print: no script, nothing from outside.
    package let html: String
    /// SHA-256 of the page's UTF-8, in hexadecimal: what `StepMark.Issued` keeps.
    package let digest: String

    package init(kind: String, version: Int, title: Bilingual, number: String?, html: String) {
        (self.kind, self.version, self.title, self.number, self.html) = (kind, version, title, number, html)
        digest = Self.digest(of: html)
    }

    /// SHA-256 (FIPS 180-4) of the UTF-8, in 64 hexadecimal digits.
    package static func digest(of text: String) -> String {
        String(Digest.of(Suite.p256.rawValue, Array(text.utf8)).description.dropFirst(2))
    }

    /// How the step it is issued with keeps it.
    package var issued: StepMark.Issued { StepMark.Issued(kind: kind, number: number, digest: digest) }
}

/// Why a document cannot be made, in the words of an officer. It names facts, never their values.
package enum DocumentFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Something that the document has to say is not known yet.
    package struct Missing: Hashable, Sendable {
        package let what: Bilingual
        /// The step that collects it; nil if none of the procedure's does.
        package let step: Bilingual?

        package init(what: Bilingual, step: Bilingual?) { (self.what, self.step) = (what, step) }
    }

    case missing(document: Bilingual, [Missing])
    /// No template of the kind, or not in this version, is here.
    case unknownTemplate(kind: String, version: Int?)
    /// The template stands on a part that is not here.
    case unknownPart(kind: String, part: String)

    package var says: Bilingual {
        switch self {
        case .missing(let document, let missing):
            Bilingual(
                "制作《\(document.chinese)》还缺："
                    + missing.map { $0.what.chinese + ($0.step.map { "（在“\($0.chinese)”环节录入）" } ?? "") }
                    .joined(separator: "、"),
                "\(document.english) still needs: "
                    + missing.map { $0.what.english + ($0.step.map { " (entered with \"\($0.english)\")" } ?? "") }
                    .joined(separator: ", "))
        case .unknownTemplate(let kind, let version):
            Bilingual(
                "没有文书模板 \(kind)\(version.map { "@\($0)" } ?? "")，请等待模板下发或联系上级",
                "there is no document template \(kind)\(version.map { "@\($0)" } ?? ""); wait for it to come down, or ask the superior office"
            )
        case .unknownPart(let kind, let part):
            Bilingual(
                "文书模板 \(kind) 缺少公用部分 \(part)，请等待模板下发或联系上级",
                "the document template \(kind) stands on the part \(part), which is not here; wait for it to come down, or ask the superior office"
            )
        }
    }

    package var description: String { says.description }
}
