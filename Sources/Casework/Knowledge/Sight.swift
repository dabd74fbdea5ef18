package import Divisions

/// Who may see a record: by division, and within it by body and field (G33, PIPL 33 to 37: by need).
package enum Sight {
    /// Whoever wants to see.
    package struct Viewer: Hashable, Sendable {
        package var division: DivisionCode
        /// The code of his body.
        package var body: String
        package var posts: Set<Post>

        package init(division: DivisionCode, body: String, posts: Set<Post> = [.officer]) {
            (self.division, self.body, self.posts) = (division, body, posts)
        }
    }

    /// What is to be seen.
    package struct Subject: Hashable, Sendable {
        package var home: DivisionCode
        /// The code of the body that handles it; empty where none does yet.
        package var body: String
        /// Nil where no item says it.
        package var field: String?

        package init(home: DivisionCode, body: String, field: String?) {
            (self.home, self.body, self.field) = (home, body, field)
        }
    }

    /// The field of the offices that watch over all enforcement (司法局).
    package static let supervisingField = "执法监督"

    /// Nobody sees beside or above his own division. Within it and below:
    ///
    /// - a body sees its own, and what a body entrusted by it handles;
    /// - a supervisor, and everyone of a body whose field is 执法监督, sees all;
    /// - a bureau sees its own line: what is handled by a body that stands below it, by the chain of superior bodies,
    ///   and what is of one of its fields, at whatever level below (a town's matters of water, for a water bureau);
    /// - what no body handles yet is seen by the division's own bodies, since one of them has to take it up.
    ///
    /// - Parameter bodies: what is known of a body by its code.
    package static func maySee(
        viewer: Viewer, subject: Subject, tree: DivisionTree, bodies: (String) -> BodyFacts?
    ) -> Bool {
        guard tree.isAtOrBelow(subject.home, viewer.division) else { return false }
        if viewer.posts.contains(.supervisor) { return true }
        if !viewer.body.isEmpty, viewer.body == subject.body { return true }
        guard let own = bodies(viewer.body) else { return false }
        if own.fields.contains(where: { $0.hasSuffix(supervisingField) }) { return true }
        if subject.body.isEmpty { return subject.home == viewer.division }
        if isBelow(subject.body, viewer.body, bodies) { return true }
        guard subject.home != viewer.division, let field = subject.field, !field.isEmpty else { return false }
        return own.fields.contains(field)
    }

    /// The longest chain of bodies that is followed: five levels with an entrusted organisation each.
    private static let chainMax = 12

    /// Whether a body stands somewhere below another, entrusted organisations below their organs.
    private static func isBelow(_ body: String, _ superior: String, _ bodies: (String) -> BodyFacts?) -> Bool {
        var waiting = [body]
        var seen: Set<String> = [body]
        while let code = waiting.popLast(), seen.count <= chainMax {
            guard let facts = bodies(code) else { continue }
            for above in [facts.parent, facts.entrustedBy].compactMap({ $0 }) {
                if above == superior { return true }
                if seen.insert(above).inserted { waiting.append(above) }
            }
        }
        return false
    }
}
