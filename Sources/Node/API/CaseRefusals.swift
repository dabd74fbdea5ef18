import Casework
import Ledger
import Libraries
import Store

/// Why a call of casework is refused, in an officer's words and with the law behind it.
extension API {
    static var hidden: Problem {
        Problem(
            .roleForbids,
            "无权查看本案：不是本单位、下级或本领域的案件 · the case is neither of your office nor of your line: ask your superior",
            at: "path:id")
    }

    static var unsigned: Problem {
        Problem(
            .roleForbids,
            "没有署名：请使用本人的令牌 · a step is signed by an officer: use a token that names the officer's record (author)")
    }

    /// Every article that findings rest on, each once, in the order in which they are named.
    private static func articles(_ findings: [GateFinding]) -> [String] {
        var seen = Set<String>()
        return findings.flatMap(\.articles).filter { seen.insert($0).inserted }
    }

    /// What stands in the way, in an officer's words: `立案前须有两名持证执法人员(行政处罚法第42条)`.
    static func refused(_ findings: [GateFinding], at place: String = "/step") -> Problem {
        let words = findings.map { finding in
            finding.says.chinese + (finding.articles.isEmpty ? "" : "(\(finding.articles.joined(separator: "、")))")
        }
        return Problem(
            .refused, words.joined(separator: "；"), at: place,
            members: [
                "articles": .array(Self.articles(findings).map(JSON.text)),
                "findings": .array(
                    findings.map { finding in
                        .object([
                            "chinese": .text(finding.says.chinese), "english": .text(finding.says.english),
                            "articles": .array(finding.articles.map(JSON.text)),
                            "answer": .text(finding.answer == .unknown ? "unknown" : "broken"),
                        ])
                    }),
            ])
    }
}

extension API {
    /// The number that a step's document is to bear: the next of this machine, or the one that a device was leased.
    func number(
        for request: TakeStepRequest, _ rule: StepRule, of body: String, year: Int, _ author: String, in id: RecordID
    ) async throws(Problem) -> IssuedNumber? {
        guard let word = rule.numbered, let numbers else {
            guard request.number == nil else {
                throw Problem(
                    .badValue, "the step's document bears no number here: leave it out", at: "/number")
            }
            return nil
        }
        do throws(NumberRefusal) {
            guard let ordinal = request.number, let device = request.device else {
                return try await numbers.take(word, of: body, year: year, for: id)
            }
            let series = NumberSeries(body: body, word: word, year: year)
            let holder = DeviceHolder(device: device, officer: author, at: today)
            return try await numbers.claim(ordinal, of: series, by: holder, for: id)
        } catch {
            throw Problem(.refused, error.reason.description, at: request.number == nil ? "/step" : "/number")
        }
    }
}

extension Problem {
    init(_ fault: CaseFault) {
        switch fault {
        case .notHere:
            self.init(
                .notFound, "this node holds no such case: check the id, or ask a node that holds it", at: "path:id")
        case .noProcedure(let reference):
            self.init(
                .refused,
                "本单位没有办案程序 \(reference) 的内容，请等待下发 · the text of the procedure \(reference) is not here yet: wait for it to come down"
            )
        case .badProcedure(let fault): self.init(.refused, fault.description)
        case .store(let failure): self.init(failure)
        }
    }
}
