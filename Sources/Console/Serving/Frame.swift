import Casework
import Divisions
import Libraries

/// What every page shows around its own content.
enum Frame {
    /// Members that the template `layout` names.
    static func members(of visit: Visit, tree: DivisionTree, seat: DivisionCode) -> [String: JSON] {
        var members: [String: JSON] = [
            "here": .text(visit.here), "at": at(visit.here), "once": .text(onceKey()),
            "node": [
                "division": .text(seat.text), "name": .text(tree.division(seat)?.name ?? seat.text),
                "level": .text(tree.level(of: seat)?.englishName ?? ""),
            ],
        ]
        if let moment = LegalMoment(milliseconds: visit.now) {
            members["today"] = .text(moment.day.description)
            members["moment"] = .text(moment.description)
        }
        if let person = visit.person {
            members["user"] = person.account
            members["csrf"] = .text(person.csrf)
            members["may"] = may(person.role)
        }
        if let said = visit.query["said"], visit.site.text("said.\(said)", in: visit.language) != "said.\(said)" {
            members["said"] = .text(visit.site.text("said.\(said)", in: visit.language))
        }
        if let form = visit.form { members["form"] = form.view }
        if let refusal = visit.refusal { members["problem"] = refusal.view }
        return members
    }

    /// The part of the console in which a page lies, so that the navigation can mark it.
    private static func at(_ here: String) -> JSON {
        let first = here.prefix { $0 != "?" }.split(separator: "/").first.map(String.init) ?? "work"
        return .object([first: true])
    }

    /// What the navigation offers to a role.
    private static func may(_ role: String) -> JSON {
        let handles = ["officer", "reviewer", "responsible"].contains(role)
        return [
            "cases": .boolean(handles || role == "supervisor"), "open": .boolean(role == "officer"),
            "supervise": .boolean(["supervisor", "responsible", "reviewer"].contains(role)),
            "operate": .boolean(role == "operator"), "field": .boolean(role == "officer"),
            "resolve": .boolean(handles || role == "librarian" || role == "supervisor"),
            "keep": .boolean(role == "librarian"),
        ]
    }

    /// Names one showing of a form, so that sending it twice writes once.
    private static func onceKey() -> String {
        var chance = SystemRandomNumberGenerator()
        return (0..<4).map { _ in String(UInt32.random(in: .min ... .max, using: &chance), radix: 36) }
            .joined(separator: "-")
    }
}
