import Divisions
import Ledger
import Simulation

/// What a story does, in few words for the one who watches.
extension StoryAct {
    var words: String {
        switch self {
        case .write(let writing): "写入 write \(writing.record.name) @ \(writing.machine)"
        case .cut(let name, let lines): "断线 cut \(lines.words)\(name.isEmpty ? "" : " (\(name))")"
        case .mend(let name): "复线 mend \(name)"
        case .heal: "全部复线 heal"
        case .reset(let lines): "连接重置 reset \(lines.words)"
        case .silence(let lines): "连接失声 silence \(lines.words)"
        case .shape(let lines, let quality): "线路变化 shape \(lines.words) \(quality.words)"
        case .crash(let machine, let point):
            point == .now
                ? "强行终止 kill -9 \(machine)" : "强行终止 kill -9 \(machine) (\(point.rawValue), as near as one can aim)"
        case .start(let machine): "启动 start \(machine)"
        case .backup(let machine, let name): "备份 backup \(machine) (\(name))"
        case .restore(let machine, let name): "恢复备份 restore \(machine) (\(name))"
        case .clone(let machine, let twin): "复制 clone \(machine) as \(twin)"
        case .resume(let machine, let twin): "内存快照 resume \(machine) as \(twin)"
        case .fillDisk(let machine): "磁盘写满 fill disk \(machine)"
        case .freeDisk(let machine): "磁盘腾空 free disk \(machine)"
        case .clock(let machine, _, _): "时钟 clock \(machine)"
        case .upgrade(let machine, let release): "升级 upgrade \(machine) to \(release.name)"
        case .lie(let machine, let other, let lie): "谎言 lie \(machine) to \(other): \(lie.rawValue)"
        case .casework(let act): "办案 \(act.deed.word) \(act.record?.name ?? "") @ \(act.machine)"
        case .expect(let expectation): "期望 expect \(expectation.words)"
        }
    }
}

extension Lines {
    fileprivate var words: String {
        switch self {
        case .all: "all"
        case .between(let left, let right): "\(left.joined(separator: ",")) | \(right.joined(separator: ","))"
        case .around(let inside): "around \(inside.joined(separator: ","))"
        }
    }

    /// Whether a line between these two machines is meant.
    func contains(_ one: String, _ other: String) -> Bool {
        switch self {
        case .all: true
        case .between(let left, let right):
            left.contains(one) && right.contains(other) || left.contains(other) && right.contains(one)
        case .around(let inside): inside.contains(one) != inside.contains(other)
        }
    }
}

extension LineQuality {
    fileprivate var words: String {
        let rate = bytesPerSecond.map { "\($0) B/s" } ?? "any rate"
        return "\(latency.lowerBound)..\(latency.upperBound) ms, \(rate)"
    }
}

extension Expectation {
    var words: String {
        switch self {
        case .shows(let record, let field, _, _, _): "\(field) of \(record.name)"
        case .conflict(let record, let field, let isThere, _):
            "\(isThere ? "a" : "no") conflict in \(field) of \(record.name)"
        case .visible(let record, let isVisible, _): "\(record.name) \(isVisible ? "visible" : "not visible")"
        case .held(let record, let isHeld, _): "\(record.name) \(isHeld ? "held" : "not held")"
        case .published(let record, let standing, _): "\(record.name) \(standing.rawValue)"
        case .judged(let record, _, _): "how \(record.name) is judged"
        case .linked(let machine, let upper): "\(machine) linked to \(upper?.text ?? "nobody")"
        case .alarm(let division, let isRaised, let machine):
            "\(isRaised ? "an" : "no") alarm of \(division) at \(machine)"
        case .forks(let count): "\(count) forks"
        case .running(let machine, let isRunning): "\(machine) \(isRunning ? "writing" : "not writing")"
        case .reported(let machine, let word, let isReported):
            "\(machine) \(isReported ? "reports" : "does not report") \(word)"
        case .agree(let holds): holds ? "all agree" : "not all agree"
        }
    }
}
