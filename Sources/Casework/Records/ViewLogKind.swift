import Divisions
package import Lattice
import Ledger

extension CaseworkKinds {
    /// That somebody was shown what is personal: who, what, when and why. The node writes it before it answers, and
    /// nobody edits it. Its home is the viewer's division, so that his superiors hold it too. Keys sort by time.
    package static let viewLog = Kind(
        "view-log", chinese: "查阅记录", english: "View of personal data", flow: .up,
        fields: [
            Field("subject", .register, .record, isIndexed: true, chinese: "查阅对象", english: "Record that was shown"),
            Field("what", chinese: "查阅内容", english: "What was shown"),
            Field("purpose", isIndexed: true, chinese: "查阅目的", english: "Purpose"),
            Field("viewer", isIndexed: true, chinese: "查阅人", english: "Viewer"),
            Field("day", isIndexed: true, chinese: "查阅日期", english: "Day"),
            Field("at", .register, .integer, chinese: "查阅时刻", english: "Moment"),
        ])
}
