/**
 * Shows in `ps` what runs, as LXD's `[lxc monitor] …` does: `lxd-chatops [socket mode] 2 jobs`.
 *
 * Limits on Linux: `process.title` writes over the memory of the arguments and environment that the process was started
 * with, so that a longer title than those is cut (libuv, src/unix/proctitle.c); and `/proc/PID/comm` (`ps -o comm`, top)
 * has room for 15 bytes only. The parts that matter stand first.
 */
export function processTitle(mode: string): { readonly show: (jobs: number) => void; readonly ending: () => void } {
  let shown = "";
  function set(title: string): void {
    if (title === shown) return;
    shown = title;
    process.title = title;
  }
  return {
    show: (jobs) => set(`lxd-chatops [${mode}] ${jobs} ${jobs === 1 ? "job" : "jobs"}`),
    ending: () => set(`lxd-chatops [${mode}] ending`),
  };
}
