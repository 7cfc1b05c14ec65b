/** How the page looks: light and dark, wide and narrow. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5d6878;--paper:#f6f7f9;--card:#fff;--line:#dfe3e9;--blue:#1f6feb;--red:#c62f2f;--amber:#9a6200;--green:#1a7f4b}
@media (prefers-color-scheme:dark){:root{--ink:#e7ebf1;--soft:#9aa6b5;--paper:#11151b;--card:#191f27;--line:#2c3541;--blue:#6aa8ff;--red:#ff7b72;--amber:#e3b341;--green:#56d38a}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
header{display:flex;gap:1rem;align-items:baseline;padding:1rem 1.5rem;border-bottom:1px solid var(--line);background:var(--card)}
h1{font-size:1.15rem;margin:0}h2{font-size:1rem;margin:1.6rem 0 .6rem}main{max-width:76rem;margin:0 auto;padding:0 1.5rem 3rem}
header span{color:var(--soft);flex:1}button,a.card{font:inherit;color:inherit}button{background:none;border:1px solid var(--line);border-radius:6px;padding:.15rem .7rem;cursor:pointer}
.grid{display:grid;gap:.8rem;grid-template-columns:repeat(auto-fill,minmax(17.5rem,1fr))}
.card{display:block;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.8rem 1rem;text-decoration:none}
a.card[aria-current=true]{border-color:var(--blue);box-shadow:0 0 0 1px var(--blue)}a:focus-visible,button:focus-visible{outline:2px solid var(--blue);outline-offset:2px}
.soft{color:var(--soft);font-size:.87rem}.alert{border-left:4px solid var(--red);margin-bottom:.7rem}.alert.warning{border-left-color:var(--amber)}
.alert b{color:var(--red)}.alert.warning b{color:var(--amber)}.alert ul{margin:.3rem 0;padding-left:1.2rem}.number{font-variant-numeric:tabular-nums;float:right;font-weight:600}
.bad{color:var(--red)}.good{color:var(--green)}svg{display:block;width:100%;height:auto;margin-top:.4rem}svg text{font:10px system-ui,sans-serif;fill:var(--soft)}
.curve{fill:none;stroke:var(--blue);stroke-width:1.8}.dot{fill:var(--blue)}.band{fill:var(--blue);opacity:.16}.axis{stroke:var(--line)}.mark{stroke:var(--red);stroke-dasharray:3 3}.flag{fill:var(--red)}.change{stroke:var(--blue);stroke-width:1.5;stroke-dasharray:1 3}
@media (max-width:30rem){header,main{padding-left:.9rem;padding-right:.9rem}}
`;
