/// How the page looks: on a wide screen, on a telephone, in the dark and on paper. Colours are those of Okabe and Ito, which
/// people who see fewer colours can tell apart.
enum ReportStyle {
    static let text = colours + page + diagram + tables + media

    private static let colours = """
        :root { color-scheme: light dark; --paper: #fff; --back: #f4f5f7; --ink: #1b2430; --soft: #5a6675; --rule: #e1e5ea;
          --line: #c3cad3; --blue: #0072b2; --green: #00795a; --orange: #e69f00; --red: #d55e00; --purple: #9b3f7c;
          --way: #a3195b; --brown: #8a5a00; --good-back: #e3f3ec; --bad-back: #fde9dc; --cut: rgba(230, 159, 0, .24); --sky: #56b4e9; }
        @media (prefers-color-scheme: dark) { :root { --paper: #171c23; --back: #0f1318; --ink: #e6eaf0; --soft: #9aa7b6;
          --rule: #28303a; --line: #46525f; --blue: #5fb4ea; --green: #3cc79c; --orange: #f0b63a; --red: #f08a4b;
          --purple: #d68fbd; --way: #ff7ab5; --brown: #e3ac4d; --good-back: #12352a; --bad-back: #43240f; --cut: rgba(230, 159, 0, .26);
          --sky: #3a86b8; } }

        """

    private static let page = """
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.65 "Noto Sans CJK SC", "Noto Sans SC",
          "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif; }
        main { max-width: 1400px; margin: 0 auto; padding: 20px 20px 60px; }
        .definitions { position: absolute; }
        header, section { background: var(--paper); border: 1px solid var(--rule); border-radius: 10px; padding: 20px 24px;
          margin: 0 0 18px; min-width: 0; }
        h1 { font-size: 26px; line-height: 1.35; margin: 4px 0 8px; text-wrap: balance; }
        h2 { font-size: 18px; line-height: 1.4; margin: 0 0 12px; }
        h3 { font-size: 15px; margin: 18px 0 8px; }
        .en { color: var(--soft); font-size: .9em; font-weight: 400; }
        .en.block { display: block; }
        .kicker, .note { color: var(--soft); font-size: 13px; margin: 0 0 10px; }
        .kicker { margin: 0; } ul + .note { margin: 14px 0 0; }
        .why { margin: 0 0 14px; max-width: 80ch; }
        .verdict { display: flex; gap: 12px; align-items: center; padding: 10px 16px; border-radius: 8px; font-size: 18px;
          font-weight: 700; margin: 0 0 16px; }
        .verdict i { font-style: normal; font-size: 22px; }
        .verdict .en { color: inherit; }
        .verdict.good { background: var(--good-back); color: var(--green); }
        .verdict.bad { background: var(--bad-back); color: var(--red); }
        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(118px, 1fr)); gap: 10px 18px; margin: 0; }
        .facts dt { font-size: 13px; color: var(--soft); }
        .facts dd { margin: 0; font-weight: 650; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 32px; }
        div.pair > section { margin-right: 0; }
        main > .pair { gap: 0 18px; }
        .pair ol { margin: 0; padding-left: 1.4em; }
        .pair ol li { margin: 0 0 8px; }
        .certain { list-style: none; margin: 0; padding: 0; display: grid; gap: 4px 32px;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }
        .certain li { padding-left: 1.5em; position: relative; }
        .certain i { position: absolute; left: 0; color: var(--green); font-style: normal; font-weight: 700; }
        pre { background: var(--back); border-radius: 6px; padding: 12px 14px; overflow-x: auto; margin: 0 0 10px; }
        code { font: 14px/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; }
        .digest { overflow-wrap: anywhere; }

        """

    private static let diagram = """
        .box { overflow: auto; max-height: 84vh; border: 1px solid var(--rule); border-radius: 8px; }
        .plan { display: grid; grid-template-columns: 190px minmax(700px, 1fr); min-width: max-content; width: 100%; }
        .names { position: sticky; left: 0; z-index: 3; background: var(--paper); border-right: 1px solid var(--line);
          font-size: 13px; }
        .name { display: flex; align-items: center; gap: 6px; overflow: hidden; white-space: nowrap; padding: 0 8px 0 4px;
          border-bottom: 1px solid var(--rule); line-height: 1.2; }
        .name b { font-weight: 600; overflow: hidden; text-overflow: ellipsis; }
        .name small { color: var(--soft); margin-left: auto; }
        .name button { all: unset; cursor: pointer; display: flex; align-items: center; gap: 6px; overflow: hidden; }
        .name button:focus-visible { outline: 2px solid var(--blue); outline-offset: -2px; }
        .name button::before { content: "▸"; color: var(--soft); }
        .name button[aria-expanded="true"]::before { content: "▾"; }
        .corner { position: sticky; top: 0; background: var(--paper); z-index: 4; padding-left: 8px;
          border-bottom-color: var(--line); }
        .level { font: 700 11px/17px "Noto Sans CJK SC", system-ui, sans-serif; flex: none; width: 18px; height: 18px;
          border-radius: 4px; text-align: center; color: #fff; background: #6b7785; }
        .level.l1 { background: #005a8d; } .level.l2 { background: #00694e; } .level.l3 { background: #8a5a00; }
        .level.l4 { background: #7d3263; } .level.l5 { background: #4c5661; }
        .plot { position: relative; }
        .plot > svg, .chart svg { display: block; }
        svg { overflow: visible; }
        .axis text, .chart text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
        .plot > .axis { position: sticky; top: 0; z-index: 2; background: var(--paper);
          border-bottom: 1px solid var(--line); }
        .lanes { overflow: hidden; }
        .zoom4, .zoom16, .zoom64, [data-zoom="4"] .zoom1, [data-zoom="16"] .zoom1, [data-zoom="64"] .zoom1 { display: none; }
        [data-zoom="4"] .zoom4, [data-zoom="16"] .zoom16, [data-zoom="64"] .zoom64 { display: inline; }
        .tick { stroke: var(--line); } .grid, .rule { stroke: var(--rule); } .life { stroke: var(--line); }
        .cut { fill: var(--cut); } .cut.some { fill-opacity: .55; }
        .down { fill: url(#hatch); stroke: var(--red); stroke-width: .8; }
        .hatch-paper { fill: var(--paper); } .hatch-ink { fill: var(--red); fill-opacity: .55; }
        .away { fill: var(--orange); fill-opacity: .6; } .off { fill: var(--red); fill-opacity: .85; }
        .writes { fill: var(--blue); fill-opacity: .5; }
        .label { font-size: 10.5px; fill: var(--ink); opacity: .75; pointer-events: none; }
        .up, .downward, .hop, .series { fill: none; vector-effect: non-scaling-stroke; }
        path.up { stroke: var(--blue); stroke-opacity: .5; } path.downward { stroke: var(--green); stroke-opacity: .5; }
        .legend path.up, .legend path.downward { stroke-width: 1.6; stroke-opacity: .9; }
        .entry { fill: var(--blue); stroke: var(--paper); stroke-width: 1.2; cursor: pointer; }
        .entry:hover { fill: var(--way); }
        .glyph { fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
        .glyph .paper { fill: var(--paper); stroke: none; fill-opacity: .88; }
        .glyph .solid { fill: currentColor; } .glyph .thick { stroke-width: 2.6; } .glyph .inner { stroke: var(--paper); }
        .calm { color: var(--blue); } .good { color: var(--green); } .line { color: var(--brown); } .blow { color: var(--red); }
        .grave { color: var(--purple); }
        .times { font-size: 10px; font-weight: 700; fill: var(--ink); stroke: var(--paper); stroke-width: 3;
          paint-order: stroke; }
        .hop, .wait { stroke: var(--way); stroke-width: 2.4; fill: none; }
        .wait { stroke-width: 4; stroke-opacity: .35; stroke-linecap: round; } .unseen { stroke-dasharray: 4 4; }
        .head, .stop { fill: var(--way); } .stop { stroke: var(--paper); stroke-width: 1.5; }
        .after { font-size: 11.5px; font-weight: 700; fill: var(--way); stroke: var(--paper); stroke-width: 3.5;
          paint-order: stroke; }
        .chosen .lane > g, .chosen .lane > a, .chosen #messages, .chosen .lane > svg { opacity: .22; }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 0; margin: 12px 0 0;
          font-size: 13px; }
        .legend li { display: flex; align-items: center; gap: 6px; }
        .legend svg { overflow: hidden; flex: none; }
        .chooser { display: grid; grid-template-columns: minmax(0, 1fr); gap: 10px; margin: 0 0 12px; }
        .chooser[hidden] { display: none; }
        .choices { display: flex; flex-wrap: wrap; gap: 8px 18px; align-items: center; font-size: 13px; }
        .list { font-size: 13px; }
        .chooser select, .chooser input, .chooser button { font: inherit; color: inherit; background: var(--paper);
          border: 1px solid var(--line); border-radius: 6px; padding: 4px 8px; }
        .list select { display: block; width: 100%; margin-top: 4px; padding: 4px; }
        .way { margin: 0; padding: 8px 14px; border-left: 4px solid var(--way); background: var(--back); }
        .way:empty { display: none; }
        .way b, .way span { display: block; }
        .ways { margin-top: 14px; }
        .ways summary { cursor: pointer; font-weight: 600; }
        .ways li { margin: 8px 0; overflow-wrap: anywhere; }
        .ways li:target { background: var(--good-back); }
        .ways li span { display: block; }

        """

    private static let tables = """
        .charts { display: grid; grid-template-columns: 1fr 1fr; gap: 18px 32px; }
        figure { margin: 0; min-width: 0; }
        figcaption { font-weight: 600; margin-bottom: 8px; }
        .chart { display: grid; grid-template-columns: 62px minmax(0, 1fr); }
        .series { stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
        .s1 { stroke: var(--blue); } .s2 { stroke: var(--green); stroke-dasharray: 9 4; }
        .s3 { stroke: var(--orange); stroke-dasharray: 2 4; } .s4 { stroke: var(--purple); stroke-dasharray: 10 4 2 4; }
        .s5 { stroke: var(--soft); stroke-dasharray: 5 5; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; }
        th, td { text-align: left; vertical-align: top; padding: 6px 14px 6px 0; border-bottom: 1px solid var(--rule); }
        thead th { color: var(--soft); font-size: 13px; font-weight: 600; white-space: nowrap; vertical-align: bottom; }
        tbody th { font-weight: 600; } th svg { vertical-align: middle; margin-right: 6px; overflow: hidden; }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        td.good, td.bad { font-weight: 700; white-space: nowrap; } td.bad { color: var(--red); }
        .bars { width: 34%; min-width: 110px; padding-right: 0; vertical-align: middle; }
        .bar { display: block; height: 7px; border-radius: 2px; margin: 2px 0; min-width: 1px; }
        .bar.up { background: var(--blue); } .bar.downward { background: var(--green); }
        .bar.fault { background: var(--red); }
        .findings { margin: 6px 0 0; padding-left: 1.2em; color: var(--red); overflow-wrap: anywhere; }

        """

    private static let media = """
        @media (max-width: 900px) { .pair, .charts { grid-template-columns: minmax(0, 1fr); } .pair ol + ol { margin-top: 14px; } }
        @media (max-width: 600px) { main { padding: 0 0 40px; } header, section { border-radius: 0; border-width: 0 0 1px;
          padding: 16px 14px; margin-bottom: 10px; } h1 { font-size: 21px; } .verdict { font-size: 16px; }
          .plan { grid-template-columns: 118px minmax(700px, 1fr); } .names { font-size: 12px; } .name small { display: none; }
          .facts { grid-template-columns: repeat(auto-fit, minmax(96px, 1fr)); } .box { max-height: 78vh; }
          .chart { grid-template-columns: 50px minmax(0, 1fr); } }
        @media print { :root { color-scheme: light; } body { background: #fff; font-size: 12px; } main { max-width: none; padding: 0; }
          header, section { border: 0; padding: 0 0 12px; break-inside: auto; } .box { max-height: none; overflow: visible; }
          .plan { grid-template-columns: 130px minmax(0, 1fr); min-width: 0; } .chooser { display: none; }
          * { print-color-adjust: exact; } tr, li, figure { break-inside: avoid; }
          .ways::details-content { content-visibility: visible; } }
        @media (prefers-reduced-motion: no-preference) { .lane > g, .lane > a { transition: opacity .15s; } }

        """
}
