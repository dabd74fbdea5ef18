import Casework
import Divisions
import Testing

/// Who may see what, as a table.
struct SightTests {
    private static let cases: [(String, DivisionCode, DivisionCode, String, String?, Bool)] = [
        // The own body, the own division, and nobody beside or above.
        ("K", "440781", "440781", "K", "水务", true), ("K", "440781", "440700", "K", "水务", false),
        ("K", "440781", "440703", "N", "水务", false), ("N", "440703", "440781", "K", "水务", false),
        // Another body of the same division sees it neither by field nor by place.
        ("U", "440781", "440781", "K", "水务", false), ("K", "440781", "440781", "U", "水务", false),
        // The own line down to the township, by chain or by field.
        ("P", "440000", "440781001", "T", "城市管理和综合执法", true), ("C", "440700", "440781001", "T", "水务", true),
        ("K", "440781", "440781001", "V", "生态环境", true), ("K", "440781", "440781001", "V", "城市管理和综合执法", false),
        ("P", "440000", "440981", "X", "水务", true), ("C", "440700", "440981", "X", "水务", false),
        ("K", "440781", "440781001", "E", "城市管理和综合执法", true), ("T", "440781001", "440781001", "E", nil, true),
        // The justice office sees all below.
        ("J", "440781", "440781001", "V", "城市管理和综合执法", true), ("J", "440781", "440781", "U", nil, true),
        ("J", "440781", "440703", "N", "水务", false), ("J", "440781", "440700", "C", "水务", false),
        // What nobody handles yet is seen at its own division.
        ("K", "440781", "440781", "", nil, true), ("C", "440700", "440781", "", nil, false),
        // A body that is not known here sees its own alone.
        ("?", "440781", "440781", "?", nil, true), ("?", "440781", "440781", "K", "水务", false),
    ]

    private func scene() throws -> KnowledgeScene {
        var scene = try KnowledgeScene()
        scene.add(body: "U", at: "440781", fields: ["城市管理和综合执法"])
        scene.add(body: "V", at: "440781001", fields: ["生态环境"])
        scene.add(body: "J", at: "440781", fields: ["行政执法监督"])
        scene.add(body: "E", at: "440781001", entrustedBy: "T", type: "受委托组织")
        return scene
    }

    @Test(arguments: cases)
    func `a record is seen by division, and within it by body and field`(
        body: String, division: DivisionCode, home: DivisionCode, handledBy: String, field: String?, maySee: Bool
    ) throws {
        let scene = try scene()
        let seen = Sight.maySee(
            viewer: Sight.Viewer(division: division, body: body),
            subject: Sight.Subject(home: home, body: handledBy, field: field), tree: scene.tree
        ) { scene.bodies[$0] }
        #expect(seen == maySee)
    }

    @Test func `a supervisor sees everything at and below his division, and nothing else`() throws {
        let scene = try scene()
        let viewer = Sight.Viewer(division: "440700", body: "C", posts: [.supervisor])
        let seen = scene.tree.divisions.map(\.code).filter { home in
            Sight.maySee(
                viewer: viewer, subject: Sight.Subject(home: home, body: "V", field: nil), tree: scene.tree
            ) { scene.bodies[$0] }
        }
        #expect(seen == scene.tree.subtree(of: "440700"))
    }

    @Test func `bodies that stand below each other in a circle end the search`() throws {
        var scene = try scene()
        scene.bodies["T"]?.parent = "E"
        let seen = Sight.maySee(
            viewer: Sight.Viewer(division: "440700", body: "C"),
            subject: Sight.Subject(home: "440781001", body: "E", field: nil), tree: scene.tree
        ) { scene.bodies[$0] }
        #expect(!seen)
    }
}
