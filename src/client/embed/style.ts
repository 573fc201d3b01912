/** How button and panel look. Sites change it by custom properties and by parts; nothing of theirs reaches in otherwise. */

export const STYLE = `
:host{--_c:var(--luna-color,#171d49);--_on:var(--luna-on-color,#fff);--_r:var(--luna-radius,16px);
font:var(--luna-font,500 16px/1.3 system-ui,sans-serif);display:inline-block}
:host([place=corner]){position:fixed;z-index:var(--luna-z,2147483000);right:max(var(--luna-right,20px),env(safe-area-inset-right));bottom:max(var(--luna-bottom,20px),env(safe-area-inset-bottom))}
:host([headless]){display:contents}:host([headless]) [part=button]{display:none}
button,a{font:inherit;cursor:pointer}
:focus-visible{outline:3px solid var(--luna-focus,#f2b84b);outline-offset:2px}
[part=button]{display:inline-flex;gap:.6em;align-items:center;min-height:48px;padding:.7em 1.2em;border:0;border-radius:999px;background:var(--_c);color:var(--_on);box-shadow:var(--luna-shadow,0 6px 24px #0004)}
svg{width:1.3em;height:1.3em;flex:none}
dialog{box-sizing:border-box;position:fixed;inset:auto max(16px,env(safe-area-inset-right)) max(16px,env(safe-area-inset-bottom)) auto;margin:0;padding:0;border:0;overflow:hidden;
width:min(var(--luna-width,420px),100vw - 32px);height:min(var(--luna-height,720px),100dvh - 32px);max-width:none;max-height:none;border-radius:var(--_r);background:var(--_c);color:var(--_on);box-shadow:0 12px 48px #0006}
dialog[open]{display:flex;flex-direction:column;animation:rise .18s ease-out}
dialog::backdrop{background:var(--luna-backdrop,#0006)}
[part=bar]{display:flex;align-items:center;gap:8px;padding:6px 6px 6px 16px}
h2{font:inherit;margin:0;flex:1;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
[part=bar] a,[part=bar] button{display:grid;place-items:center;box-sizing:border-box;width:44px;height:44px;border:0;border-radius:12px;background:none;color:inherit}
[part=bar] :hover{background:#fff2}
.body{position:relative;flex:1;display:grid}
iframe{grid-area:1/1;width:100%;height:100%;border:0;background:var(--_c)}
[part=note]{grid-area:1/1;margin:auto;padding:24px;text-align:center}
[part=note] a{color:inherit}
[part=ask]{position:absolute;inset:auto 0 0;z-index:1;display:flex;flex-wrap:wrap;gap:8px;align-items:center;padding:14px 16px;background:var(--_c);box-shadow:0 -8px 24px #0006}
[part=ask] p{margin:0;flex:1 1 100%}
[part=ask] button{min-height:44px;padding:0 18px;border:1px solid currentColor;border-radius:999px;background:none;color:inherit}
[hidden]{display:none!important}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
@media (max-width:480px){dialog{inset:0;width:100vw;height:100dvh;border-radius:0}}
@media (prefers-reduced-motion:reduce){dialog[open]{animation:none}}
@media (forced-colors:active){[part=button],dialog{border:1px solid}}
`;
