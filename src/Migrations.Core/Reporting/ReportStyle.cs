namespace Migrations.Reporting;

/// <summary>The style sheet of reports: light and dark, wide and narrow.</summary>
internal static class ReportStyle
{
    /// <summary>The style sheet.</summary>
    public const string Css = """
        :root{--page:#f6f7f9;--card:#fff;--text:#1b2430;--quiet:#5b6776;--edge:#dde2e9;--line:#8492a6;--head:#e8edf4;--link:#1d5fbf;
        --good:#14713d;--good-back:#dcf3e5;--notice:#8a5300;--notice-back:#fdeecd;--bad:#b3261e;--bad-back:#fbe0de;--plain:#475467;
        --plain-back:#e9edf2;--accent:#3b76d6}
        @media(prefers-color-scheme:dark){:root{--page:#11161d;--card:#1a212b;--text:#e4e9f0;--quiet:#98a5b5;--edge:#2d3744;--line:#7687a0;
        --head:#273242;--link:#7fb0ff;--good:#72d59b;--good-back:#173a27;--notice:#f0bd62;--notice-back:#41310f;
        --bad:#ff9c94;--bad-back:#4a201d;--plain:#b4c0ce;--plain-back:#2a3441;--accent:#5b93ee}}
        *{box-sizing:border-box}
        html{font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;background:var(--page);
        color:var(--text);-webkit-text-size-adjust:100%}
        body{margin:0 auto;max-width:1500px;padding:28px clamp(14px,3vw,40px)}
        h1{font-size:1.9rem;line-height:1.2;margin:0}
        h2{font-size:1.2rem;margin:0;overflow-wrap:anywhere}
        h3{font-size:.82rem;letter-spacing:.06em;text-transform:uppercase;color:var(--quiet);margin:26px 0 8px}
        h4{font-size:.95rem;margin:0 0 4px;overflow-wrap:anywhere}
        p{margin:4px 0}
        a{color:var(--link)}
        code,.time{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.88em}
        code{overflow-wrap:anywhere}
        .quiet,footer{color:var(--quiet);font-size:.9rem}
        footer{margin:30px 0 10px}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;list-style:none;margin:20px 0;padding:0}
        .tiles li{background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:12px 16px}
        .tiles b{display:block;font-size:1.9rem;line-height:1.15;font-variant-numeric:tabular-nums}
        .tiles span{color:var(--quiet);font-size:.88rem}
        .tiles .good b{color:var(--good)}.tiles .notice b{color:var(--notice)}.tiles .bad b{color:var(--bad)}
        section{background:var(--card);border:1px solid var(--edge);border-radius:12px;padding:18px 22px;margin:16px 0;scroll-margin:10px}
        section>h2{margin-bottom:10px}
        .database>details>summary{display:flex;gap:12px;align-items:center;flex-wrap:wrap}
        summary{cursor:pointer;color:var(--quiet)}
        .database>details>summary{color:inherit}
        .database>details>summary::before{content:"\25b8";color:var(--quiet)}
        .database>details[open]>summary::before{content:"\25be"}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:.92rem}
        th{text-align:left;font-weight:600;color:var(--quiet);font-size:.8rem;padding:4px 14px 6px 0;white-space:nowrap}
        td{border-top:1px solid var(--edge);padding:6px 14px 6px 0;vertical-align:top}
        tr>:last-child{padding-right:0}
        .time,.number{white-space:nowrap;font-variant-numeric:tabular-nums}
        .pill{display:inline-block;border-radius:99px;padding:1px 10px;font-size:.8rem;font-weight:600;white-space:nowrap}
        .pill.good{color:var(--good);background:var(--good-back)}.pill.notice{color:var(--notice);background:var(--notice-back)}
        .pill.bad{color:var(--bad);background:var(--bad-back)}.pill.plain{color:var(--plain);background:var(--plain-back)}
        .problem{color:var(--bad);white-space:pre-wrap;overflow-wrap:anywhere}
        .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:10px 24px;margin:14px 0 0}
        .facts div{min-width:0}
        dt{color:var(--quiet);font-size:.82rem}
        dd{margin:0;overflow-wrap:anywhere}
        .progress{height:8px;border-radius:99px;background:var(--notice-back);overflow:hidden}
        .progress i{display:block;height:100%;background:var(--good)}
        .checks{list-style:none;margin:6px 0 12px;padding:0}
        .checks li{padding:5px 0;border-top:1px solid var(--edge);overflow-wrap:anywhere}
        .checks li:first-child{border:0}
        .pill+code{margin-left:8px}
        .checks .quiet{white-space:pre-wrap}
        .difference{border:1px solid var(--edge);border-left:4px solid var(--bad);border-radius:8px;padding:8px 14px;margin:8px 0}
        .difference dl{display:grid;grid-template-columns:auto 1fr;gap:2px 14px;margin:6px 0 0}
        .difference dd{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.85rem;white-space:pre-wrap}
        .line{list-style:none;margin:0;padding:0 0 0 6px}
        .line>li{position:relative;padding:0 0 16px 22px;border-left:2px solid var(--edge)}
        .line>li:last-child{border-color:transparent;padding-bottom:4px}
        .line>li::before{content:"";position:absolute;left:-7px;top:6px;width:12px;height:12px;border-radius:50%;background:var(--good);
        border:2px solid var(--card)}
        .line>li.bad::before{background:var(--bad)}
        .line p{margin:0}
        .line time{font-weight:600;font-variant-numeric:tabular-nums}
        .line ul{list-style:none;margin:4px 0 0;padding:0}
        .line ul li{display:grid;grid-template-columns:94px minmax(0,1fr) minmax(60px,30%) 80px;gap:12px;align-items:center;padding:2px 0}
        .line .pill{justify-self:start}
        .line .number{text-align:right;color:var(--quiet);font-size:.88rem}
        .bar{height:8px;border-radius:99px;background:var(--plain-back);overflow:hidden}
        .bar i{display:block;height:100%;min-width:3px;border-radius:99px;background:var(--accent)}
        .tables{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(330px,100%),1fr));gap:18px 26px;margin-top:12px}
        .tables td{padding:3px 10px 3px 0;overflow-wrap:anywhere}
        .diagram{margin:12px 0}
        .diagram>label{color:var(--quiet);font-size:.88rem;margin-left:4px}
        .diagram>.scroll{background:var(--page);border:1px solid var(--edge);border-radius:8px;margin-top:8px;overflow:auto}
        .diagram>input:checked~.scroll{max-height:90vh}
        svg{display:block;width:min(100%,var(--width));min-width:calc(var(--width)*.62);margin:0 auto;font:11px ui-monospace,"SF Mono",
        Menlo,Consolas,"DejaVu Sans Mono",monospace}
        .diagram>input:checked~.scroll svg{width:var(--width)}
        svg .box{fill:var(--card);stroke:var(--line)}
        svg .head{fill:var(--head)}
        svg text{fill:var(--text)}
        svg .name{font-weight:700;font-size:12px}
        svg .type,svg .more{fill:var(--quiet)}
        svg .type{text-anchor:end}
        svg .key{fill:var(--link);font-size:9px;font-weight:700}
        svg .primary{fill:var(--notice)}
        svg .optional{font-style:italic}
        svg>path{fill:none;stroke:var(--line);stroke-width:1.4;transition:opacity .12s}
        svg>path.optional{stroke-dasharray:5 3}
        svg>path.dot{stroke-linecap:round;stroke-width:7}
        svg>path:hover{stroke:var(--accent);stroke-width:2.6}
        svg g:hover .box{stroke:var(--accent);stroke-width:2}
        @media(max-width:640px){html{font-size:14px}section{padding:14px}.tiles{grid-template-columns:1fr 1fr;gap:8px}
        .tiles b{font-size:1.5rem}.scroll>table{min-width:640px}.facts{grid-template-columns:1fr 1fr}
        .line ul li{grid-template-columns:94px minmax(0,1fr) 70px}.line .bar{display:none}
        .difference dl{grid-template-columns:1fr}}
        @media print{html{background:#fff}section{break-inside:auto;border:0;padding:0}.diagram>input,.diagram>label{display:none}}

        """;
}
