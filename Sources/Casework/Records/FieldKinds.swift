import Divisions
package import Lattice
import Ledger

/// The kinds of records by which an office knows what its officers carry and bring back from the field.
package enum FieldKinds {
    /// A phone or tablet that an officer holds. Natural key: the id that the device drew for itself.
    package static let device = Kind(
        "device", chinese: "现场设备", english: "Device in the field", flow: .up,
        fields: [
            Field("id", isIndexed: true, chinese: "设备编号", english: "Id"),
            Field("name", chinese: "设备名称", english: "Name"),
            Field("officer", isIndexed: true, chinese: "持有人证号", english: "Officer"),
            Field("registered-at", chinese: "登记时间", english: "Registered at"),
        ])

    /// Document numbers of a machine's block that a device may use without a line. Natural key: series and first number.
    package static let deviceLease = Kind(
        "device-lease", chinese: "设备领号", english: "Lease of numbers to a device", flow: .up,
        fields: [
            Field("device", isIndexed: true, chinese: "设备编号", english: "Device"),
            Field("officer", isIndexed: true, chinese: "领号人证号", english: "Officer"),
            Field("block", .register, .record, chinese: "文号段", english: "Block of numbers"),
            Field("body", isIndexed: true, chinese: "执法主体", english: "Body"),
            Field("sign", chinese: "机关代字", english: "Sign of the body"),
            Field("word", chinese: "文种字", english: "Kind of document"),
            Field("year", .register, .integer, chinese: "年份", english: "Year"),
            Field("first", .register, .integer, chinese: "起号", english: "First number"),
            Field("last", .register, .integer, chinese: "止号", english: "Last number"),
            Field("leased-at", chinese: "领号时间", english: "Leased at"),
            Field("returned-at", chinese: "交回时间", english: "Returned at"),
        ])

    /// What a device delivered of one matter that was done at the scene. Natural key: device and ordinal.
    package static let delivery = Kind(
        "field-delivery", chinese: "现场送达", english: "Delivery from the field", flow: .up,
        fields: [
            Field("device", isIndexed: true, chinese: "设备编号", english: "Device"),
            Field("ordinal", .register, .integer, chinese: "序号", english: "Ordinal"),
            Field("officer", isIndexed: true, chinese: "执法人员证号", english: "Officer"),
            Field("case", .register, .record, isIndexed: true, chinese: "案件", english: "Case"),
            Field("document-no", isIndexed: true, chinese: "文书号", english: "Document number"),
            Field("captured-at", chinese: "现场时间", english: "Done at the scene"),
            Field("delivered-at", chinese: "送达时间", english: "Delivered at"),
            Field("request-digest", chinese: "内容摘要", english: "Digest of what was sent"),
            Field("outcome", chinese: "办理结果", english: "What came of it"),
        ])

    package static let all = [device, deviceLease, delivery]
}
