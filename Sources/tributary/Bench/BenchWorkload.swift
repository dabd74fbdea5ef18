import Casework
import Divisions
import Lattice
import Ledger
import Libraries
import Node
import Replication
import Store

/// What a city's writers write in bulk, as an import makes it: changes of many entries, and what they say in bytes.
struct BenchWorkload {
    let name: String
    let chinese: String
    let english: String
    private(set) var changes: [LocalChange] = []
    private(set) var records = 0
    private(set) var edits = 0
    /// What the edits say and no more: each record's key and kind once, each edit's field, type and value.
    private(set) var ownBytes = 0
    private var chance: SplitMix64

    private init(name: String, chinese: String, english: String, seed: UInt64) {
        (self.name, self.chinese, self.english) = (name, chinese, english)
        chance = SplitMix64(seed: seed)
    }

    /// Statutes, articles and items: many records share an entry.
    static func packed(_ settings: BenchSettings, _ province: BenchProvince) throws -> BenchWorkload {
        var workload = BenchWorkload(
            name: "packed", chinese: "打包类", english: "packed (statutes, articles, items)", seed: settings.seed)
        if let directory = settings.statutes {
            var source = try StatuteSource(directory, home: BenchProvince.cityCode)
            while let step = try source.next() {
                if case .group(let group) = step { workload.add(group.drafts) }
            }
        } else {
            var laws = SyntheticLaws(seed: settings.seed)
            for _ in 0..<settings.laws {
                workload.add(laws.next(articles: settings.articlesPerLaw).drafts(home: BenchProvince.cityCode))
            }
        }
        let rosters = rosters(settings, province)
        workload.add(settings.items, perChange: settings.recordsPerChange) {
            rosters.item($0).drafts(home: BenchProvince.cityCode)
        }
        return workload
    }

    /// Cases and officers: personal values, and an entry for each record.
    static func personal(_ settings: BenchSettings, _ province: BenchProvince) -> BenchWorkload {
        var workload = BenchWorkload(
            name: "personal", chinese: "个人类", english: "personal (cases, officers)", seed: settings.seed)
        let rosters = rosters(settings, province)
        workload.add(settings.cases, perChange: settings.recordsPerChange) {
            rosters.caseFile($0).drafts(home: BenchProvince.cityCode)
        }
        workload.add(settings.officers, perChange: settings.recordsPerChange) {
            rosters.officer($0).drafts(home: BenchProvince.cityCode)
        }
        return workload
    }

    static func rosters(_ settings: BenchSettings, _ province: BenchProvince) -> SyntheticRosters {
        let counts = SyntheticRosters.Counts(
            bodies: province.homes.count, officers: max(1, settings.officers), items: max(1, settings.items))
        guard
            let rosters = SyntheticRosters(
                tree: province.tree, scope: BenchProvince.cityCode, seed: settings.seed, counts: counts)
        else { preconditionFailure("the bench's own tree has a city") }
        return rosters
    }

    private mutating func add(_ rows: Int, perChange: Int, _ drafts: (Int) -> [RecordDraft]) {
        for first in stride(from: 0, to: rows, by: perChange) {
            add((first..<min(first + perChange, rows)).flatMap(drafts))
        }
    }

    /// Adds one change that makes these records.
    private mutating func add(_ drafts: [RecordDraft]) {
        var order: [StreamPlace] = []
        var packings: [StreamPlace: BenchPacking] = [:]
        for draft in drafts {
            let edits = Self.edits(draft)
            guard !edits.isEmpty else { continue }
            let place = StreamPlace(home: draft.id.home, flow: draft.id.flow)
            if packings[place] == nil { order.append(place) }
            packings[place, default: BenchPacking()].add(edits, isPacked: draft.kind.isPacked)
            records += 1
            self.edits += edits.count
            ownBytes += Self.ownBytes(of: edits)
        }
        let parts = order.map { LocalChange.Part(place: $0, entries: packings[$0]?.entries ?? []) }
        guard !parts.isEmpty else { return }
        let act = Act(
            author: nil, division: BenchProvince.cityCode, body: "",
            change: RecordKey(chance.next(), chance.next()))
        changes.append(LocalChange(request: UInt64(changes.count + 1), act: act, parts: parts))
    }

    /// The city's writers write everything into a new store, some changes a step.
    ///
    /// - Returns: the entries it holds then, openings included.
    @discardableResult
    func write(into data: DataDirectory, _ province: BenchProvince, changesPerStep: Int) throws -> UInt64 {
        let store = try SQLiteStore(path: data.storeFile, kinds: CaseworkKinds.all)
        let performer = try province.performer(province.city, over: store)
        for first in stride(from: 0, to: changes.count, by: changesPerStep) {
            let last = min(first + changesPerStep, changes.count)
            let now = Moment(wall: BenchClock.wallMilliseconds, monotonic: 0)
            let performed = try performer.perform(changes[first..<last].map { .change($0) }, at: now)
            for (_, answer) in performed.answers {
                if case .refused(let refusal) = answer { throw BenchFailure("a change was refused: \(refusal)") }
            }
        }
        let entries = try store.lastPosition()
        try store.close()
        return entries
    }

    /// The edits that make a record that is not there yet.
    static func edits(_ draft: RecordDraft) -> [EditDraft] {
        let wanted = draft.fields.compactMap { value in
            draft.kind.field(value.name).map { PlannedDraft.Wanted($0, value.values) }
        }
        return EditPlanner.edits(
            for: PlannedDraft(id: draft.id, kind: draft.kind, fields: wanted, onlyIfPresent: draft.onlyIfPresent),
            from: nil)
    }

    private static func ownBytes(of edits: [EditDraft]) -> Int {
        let (keyBytes, kindBytes, fieldBytes, typeBytes) = (16, 1, 1, 1)
        return edits.reduce(keyBytes + kindBytes) {
            $0 + fieldBytes + typeBytes + ($1.value?.encoded.count ?? 0)
        }
    }
}

/// Puts edits into entries as an import does: records without personal data share entries of some 48 KiB, any other
/// has one of its own.
struct BenchPacking {
    private(set) var entries: [[EditDraft]] = []
    private var openBytes = 0

    mutating func add(_ edits: [EditDraft], isPacked: Bool) {
        let bytes = edits.reduce(0) { $0 + 32 + ($1.value?.encoded.count ?? 0) }
        let isOpen = isPacked && openBytes > 0 && openBytes + bytes <= EditPlanner.packedBytesTarget
        if isOpen {
            entries[entries.count - 1] += edits
            openBytes += bytes
        } else {
            entries.append(edits)
            openBytes = isPacked ? bytes : 0
        }
    }
}

/// Invents laws of plausible length out of common words.
struct SyntheticLaws {
    private static let subjects = ["行政机关", "当事人", "县级以上人民政府", "任何单位和个人", "执法人员", "经营者", "主管部门"]
    private static let verbs = ["应当", "不得", "可以", "有权", "负责", "依法"]
    private static let objects = [
        "建立健全检查记录制度", "公示收费标准和服务内容", "擅自占用河道管理范围", "实施日常监督管理", "给予警告并责令限期改正", "处一千元以上一万元以下罚款",
        "告知拟作出决定的事实和理由", "保存进货查验记录", "申请听证或者提出陈述申辩", "采取措施防止污染环境", "配合现场检查并提供资料", "依照有关规定移送处理",
    ]

    private var chance: SplitMix64
    private var laws = 0
    /// The fewest sentences of an article; the most are six more.
    private let sentencesMin: Int

    init(seed: UInt64, sentencesMin: Int = 2) {
        (chance, self.sentencesMin) = (SplitMix64(seed: seed ^ 0x6c61_7773), sentencesMin)
    }

    mutating func next(articles: Int) -> ParsedStatute {
        laws += 1
        var text = "# 示例管理规定第\(laws)号\n\n2020年1月1日 示例市人民代表大会通过\n\n<!-- INFO END -->\n\n## 第一章 总则\n"
        for number in 1...max(1, articles) { text += "\n第\(ChineseNumeral.text(number))条 \(article())\n" }
        guard case .success(let law) = StatuteFile.parse(text, fileName: "示例管理规定第\(laws)号(2020-01-01).md") else {
            preconditionFailure("the bench writes laws that can be read")
        }
        return law
    }

    /// By default two to eight sentences: some 60 to 240 characters, as articles have.
    private mutating func article() -> String {
        (0..<(sentencesMin + chance.below(7))).map { _ in
            let subject = Self.subjects[chance.below(Self.subjects.count)]
            let verb = Self.verbs[chance.below(Self.verbs.count)]
            return subject + verb + Self.objects[chance.below(Self.objects.count)] + "，"
                + Self.objects[chance.below(Self.objects.count)]
        }.joined(separator: "。") + "。"
    }
}
