namespace Neuro.Interactive.Reports;

/// <summary>How the page itself looks, on screen (light and dark) and on paper.</summary>
internal static class ReportStyle
{
    public const string Sheet = """

        :root{--ink:#1c2430;--quiet:#5b6675;--line:#d5dae1;--fill:#f5f7f9;--ground:#fff;--accent:#2563b8;--bad:#b3261e}
        @media (prefers-color-scheme:dark){:root{--ink:#e6e9ee;--quiet:#a3adba;--line:#3b4450;--fill:#1e252d;--ground:#14191f;--accent:#7fb2f5;--bad:#ff8a80}}
        *{box-sizing:border-box}
        body{margin:0;color:var(--ink);background:var(--ground);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 4rem}
        h1{font-size:2rem;line-height:1.2;margin:.2em 0 .6em}h2{margin:2em 0 .5em;border-bottom:1px solid var(--line);padding-bottom:.2em}h3{margin:1.5em 0 .4em}
        a{color:var(--accent)}
        pre,code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
        pre{overflow-x:auto;margin:.5em 0;padding:.6em .9em;background:var(--fill);border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere}
        .out{overflow-x:auto;margin:.5em 0}.out>pre{background:none;padding:.2em 0}
        .err{border-left:3px solid var(--quiet)}.error{color:var(--bad);border-left:3px solid var(--bad)}
        .cell{margin:1em 0}
        summary{cursor:pointer;color:var(--quiet);font-size:.875em;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
        img,svg{max-width:100%;height:auto}
        .text table{border-collapse:collapse}.text th,.text td{border-bottom:1px solid var(--line);padding:.25em .9em .25em 0;text-align:left}
        blockquote{margin:1em 0;padding:0 1em;border-left:3px solid var(--line);color:var(--quiet)}
        nav{font-size:.9rem;max-width:60rem;margin:0 auto;padding:1rem 1.25rem 0}
        nav ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.1em 1.1em}nav .level-1{flex-basis:100%}
        nav a{color:var(--quiet);text-decoration:none}nav a:hover,nav a:focus{text-decoration:underline}
        .skip{position:absolute;left:-9999px}.skip:focus{left:1rem;top:1rem}
        @media (min-width:84rem){nav{position:fixed;top:2rem;left:1rem;width:14rem;padding:0;max-height:calc(100vh - 4rem);overflow:auto}nav ul{display:block}nav li{margin:.15em 0}nav .level-2{padding-left:1em}nav .level-3{padding-left:2em}main{margin-left:max(16rem,calc(50vw - 30rem))}}
        @media print{nav,.skip,details{display:none}main{max-width:none;padding:0}section,figure,table,img,svg{break-inside:avoid}h2,h3{break-after:avoid}a{color:inherit}}

        """;
}
