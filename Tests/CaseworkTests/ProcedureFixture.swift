import Casework

/// A small procedure that is right, and small changes that make it wrong.
enum ProcedureFixture {
    static let text = """
        procedure: small-case
        version: 2
        zh: 小案程序
        en: Small case
        articles: ["《示例条例》第一条"]
        facts:
          - { id: party, zh: 当事人, en: Party, personal: true }
          - { id: item, zh: 执法事项, en: Item, kind: item }
          - { id: draft-decision, zh: 拟处罚决定, en: Draft decision, personal: true }
          - { id: fine-fen, zh: 罚款, en: Fine, kind: money }
          - { id: deviation-reason, zh: 理由, en: Reason, personal: true }
          - { id: is-minor, zh: 未成年人, en: Minor, kind: truth }
          - { id: party-kind, zh: 类型, en: Kind, kind: choice, choices: [{ id: citizen, zh: 公民, en: Citizen }] }
          - { id: served-on, zh: 送达日期, en: Served on, kind: date }
        stages:
          - { id: survey, zh: 调查, en: Survey }
          - { id: decision, zh: 决定, en: Decision }
        steps:
          - id: filing
            stage: survey
            zh: 立案
            en: Filing
            advice: { zh: 先核对事项, en: Check the item first }
            articles: ["《示例条例》第二条"]
            posts: [officer, responsible]
            levels: [county, township]
            certified: 2
            collects: [party, item, is-minor, party-kind]
            gates:
              - { needs: { item: listed }, zh: 事项须在清单内, en: The item must be on the list, articles: [示例条例第3条] }
            document: filing-approval
            recording: video
            opens: [transfer]
          - id: review
            stage: survey
            zh: 法制审核
            en: Legal review
            posts: [reviewer]
            not-who-did: [filing]
            collects: [draft-decision, fine-fen, deviation-reason]
            gates:
              - needs: { step: filing }
                when: { any: [{ fact: is-minor, is: true }, { fact: party-kind, in: [citizen] }] }
                zh: 审核前须已立案
                en: A review needs a filing
              - { needs: { step: filing, outcome: done }, zh: 须已立案, en: File first }
            outcomes:
              - { id: passed, zh: 通过, en: passed }
              - { id: returned, zh: 退回, en: returned }
            repeated: true
          - id: decision
            stage: decision
            zh: 决定
            en: Decision
            posts: [responsible]
            requires: [fine-fen]
            collects: [served-on]
            when: { not: { fact: is-minor, is: true } }
            gates:
              - { needs: { step: review, outcome: passed, over: [draft-decision] }, zh: 须经审核, en: Review first }
              - { needs: { benchmark: fine-fen, reason: deviation-reason }, zh: 须合裁量基准, en: Within the benchmark }
              - { needs: { all: [{ count: review, at-least: 1 }, { tally: reviews, at-least: 1 }] }, zh: 一, en: One }
              - { needs: { not: { passed: ninety-days } }, zh: 期限内, en: In time }
            document: penalty-decision
            numbered: 罚
            exclusive: true
            outcomes: [{ id: fined, zh: 处罚, en: fined, ends: { zh: 结案, en: closed } }]
        deadlines:
          - id: ninety-days
            zh: 九十日
            en: Ninety days
            articles: ["《示例条例》第六条"]
            starts: { step: filing, outcome: done, again: true }
            length: { calendar-days: 90 }
            ends: [decision]
            pauses: [{ from: filing, to: review }]
            extends: [{ step: review, outcome: returned, by: { working-days: 5 }, times: 2 }]
            warning: { calendar-days: 10 }
          - { id: payment, zh: 缴款, en: Payment, starts: { fact: served-on }, length: { calendar-days: 15 },
              missed: { charges: { basis-points: 300, of: fine-fen } } }
        tallies:
          - { id: reviews, zh: 审核次数, en: Reviews, step: review, way: count }
        publicity:
          - { id: result, zh: 结果公示, en: Result, after: decision, outcomes: [fined], deadline: ninety-days,
              shows: [party, fine-fen], shown: { years: 3 }, articles: ["《示例条例》第七条"] }
        archive: { main: [penalty-decision, filing, evidence], sub: [review], years: 30 }

        """

    /// The text with one piece of it exchanged; the piece must be there.
    static func text(_ old: String, _ new: String) -> String {
        let parts = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
        precondition(parts.count == 2, "the fixture has no \(old)")
        return parts[0] + new + parts[1]
    }

    /// What is said of a text; nothing if it is right.
    static func faults(_ text: String) -> [ProcedureFault.Fault] {
        do throws(ProcedureFault) {
            _ = try Procedure(yaml: text, file: "small-case.yaml")
            return []
        } catch {
            return error.faults
        }
    }

    /// The first line of the text that holds a piece, from 1.
    static func line(of piece: String, in text: String) -> Int? {
        text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains(piece) }.map { $0 + 1 }
    }
}
