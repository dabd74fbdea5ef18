import Divisions
package import Lattice

/// What other registers know of those who are enforced against: brought in so that nothing is typed twice (G45).
///
/// They flow up, since a neighbour has no need of them: each office holds what concerns its own division.
extension LibraryKinds {
    /// A legal person as the register has him, to prefill and to check. Natural key: the credit code.
    package static let legalPerson = Kind(
        "legal-person", chinese: "法人", english: "Legal person", flow: .up,
        fields: [
            Field("uscc", isIndexed: true, chinese: "统一社会信用代码", english: "Credit code"),
            Field("name", chinese: "名称", english: "Name"),
            Field("representative", isPersonal: true, chinese: "法定代表人", english: "Legal representative"),
            Field("address", chinese: "住所", english: "Address"),
            Field("phone", isPersonal: true, chinese: "联系电话", english: "Phone"),
            Field("status", chinese: "登记状态", english: "Status"),
        ])

    /// A natural person as the population register has him. Natural key: the identity number.
    package static let person = Kind(
        "person", chinese: "自然人", english: "Person", flow: .up,
        fields: [
            Field("id-no", isPersonal: true, chinese: "身份证号", english: "Identity number"),
            Field("name", isPersonal: true, chinese: "姓名", english: "Name"),
            Field("sex", isPersonal: true, chinese: "性别", english: "Sex"),
            Field("address", isPersonal: true, chinese: "住址", english: "Address"),
            Field("phone", isPersonal: true, chinese: "联系电话", english: "Phone"),
        ])

    /// A licence or permit. Natural key: its number.
    package static let licence = Kind(
        "licence", chinese: "证照", english: "Licence", flow: .up,
        fields: [
            Field("number", isIndexed: true, chinese: "证照编号", english: "Number"),
            Field("name", chinese: "证照名称", english: "Name"),
            Field("holder", isIndexed: true, chinese: "持证主体代码", english: "Holder"),
            Field("issuer", chinese: "发证机关", english: "Issued by"),
            Field("valid-from", chinese: "有效期起", english: "Valid from"),
            Field("valid-to", chinese: "有效期止", english: "Valid to"),
            Field("status", chinese: "状态", english: "Status"),
        ])
}
