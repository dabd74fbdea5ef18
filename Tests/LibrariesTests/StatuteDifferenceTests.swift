import Libraries
import Testing

struct StatuteDifferenceTests {
    private typealias Article = StatuteDifference.Article

    private static let texts = [
        "为了规范行政处罚的设定和实施，保障和监督行政机关有效实施行政管理，制定本法。",
        "违反法律、法规，擅自占用道路的，责令限期改正，处一千元以上五千元以下的罚款。",
        "执法人员在检查时，应当主动出示执法证件，并告知当事人享有的权利。",
        "当事人对决定不服的，可以依法申请复议或者提起诉讼，期间不停止执行。",
        "生产经营单位未按照规定设置安全警示标志的，由主管部门给予警告。",
        "本条例自公布之日起施行，原有规定与本条例不一致的，以本条例为准。",
    ]

    private static func law(_ texts: [String]) -> [Article] {
        texts.enumerated().map { Article(key: "\($0 + 1)", text: $1) }
    }

    private static func words(_ difference: StatuteDifference) -> [String] {
        difference.changes.map { change in
            "\(change.kind.rawValue) \(change.old.map { "\($0 + 1)" } ?? "")-\(change.new.map { "\($0 + 1)" } ?? "")"
        }
    }

    @Test func `two versions that are one have no difference`() {
        let law = Self.law(Self.texts)
        let difference = StatuteDifference(from: law, to: law)
        #expect(difference.changes.isEmpty)
        #expect(difference.unchanged == 6)
    }

    @Test func `an article that was put in moves numbers, and only it is new`() {
        var texts = Self.texts
        texts.insert("国家鼓励公民举报违法行为，主管部门应当为举报人保密。", at: 2)
        let difference = StatuteDifference(from: Self.law(Self.texts), to: Self.law(texts))
        #expect(
            Self.words(difference)
                == ["added -3", "renumbered 3-4", "renumbered 4-5", "renumbered 5-6", "renumbered 6-7"])
        #expect(difference.unchanged == 2)
    }

    @Test func `an article that moved and was changed is found by its text`() {
        var texts = Self.texts
        texts.remove(at: 0)
        texts[0] = texts[0].replacing("五千元", with: "一万元")
        let difference = StatuteDifference(from: Self.law(Self.texts), to: Self.law(texts))
        #expect(
            Self.words(difference)
                == [
                    "removed 1-", "changed 2-1", "renumbered 3-2", "renumbered 4-3", "renumbered 5-4", "renumbered 6-5",
                ]
        )
    }

    @Test func `an article that was rewritten under its number is another one in its place`() {
        var texts = Self.texts
        texts[3] = "国务院有关部门每三年评估一次。"
        let difference = StatuteDifference(from: Self.law(Self.texts), to: Self.law(texts))
        #expect(Set(Self.words(difference)) == ["removed 4-", "added -4"])
        #expect(difference.unchanged == 5)
    }

    @Test func `what went away stands where it stood`() {
        var texts = Self.texts
        texts.removeLast()
        texts.remove(at: 2)
        let difference = StatuteDifference(from: Self.law(Self.texts), to: Self.law(texts))
        #expect(Self.words(difference) == ["removed 3-", "renumbered 4-3", "renumbered 5-4", "removed 6-"])
    }

    @Test(arguments: UInt64(1)...60)
    func `every article of both versions is accounted for once`(seed: UInt64) {
        var chance = SplitMix64(seed: seed)
        func texts() -> [String] {
            (0..<Int.random(in: 0...40, using: &chance)).map { _ in
                let text = Self.texts[Int.random(in: 0..<Self.texts.count, using: &chance)]
                return String(text.dropFirst(Int.random(in: 0...3, using: &chance)))
            }
        }
        let (old, new) = (Self.law(texts()), Self.law(texts()))
        let difference = StatuteDifference(from: old, to: new)
        let (before, after) = (difference.changes.compactMap(\.old), difference.changes.compactMap(\.new))
        #expect(Set(before).count == before.count)
        #expect(Set(after).count == after.count)
        #expect(before.count + difference.unchanged == old.count)
        #expect(after.count + difference.unchanged == new.count)
        for change in difference.changes {
            switch change.kind {
            case .added: #expect(change.old == nil && change.new != nil)
            case .removed: #expect(change.old != nil && change.new == nil)
            case .renumbered:
                guard let from = change.old, let to = change.new else { return #expect(Bool(false)) }
                #expect(old[from].text == new[to].text)
                #expect(old[from].key != new[to].key)
            case .changed:
                guard let from = change.old, let to = change.new else { return #expect(Bool(false)) }
                #expect(old[from].text != new[to].text)
            }
        }
    }

    @Test func `a law of a thousand articles that were all changed is compared article by article`() {
        let old = (1...1_000).map { Article(key: "\($0)", text: "第\($0)种情形：\(Self.texts[$0 % 6])") }
        let new = old.map { Article(key: $0.key, text: $0.text + "情节严重的，从重处罚。") }
        let difference = StatuteDifference(from: old, to: new)
        #expect(difference.changes.allSatisfy { $0.kind == .changed && $0.old == $0.new })
        #expect(difference.changes.count == 1_000)
    }
}
