import type { Command } from "../src/pipeline/define.ts";
import { accessGrant } from "./access/grant.ts";
import { accessList } from "./access/list.ts";
import { accessRevoke } from "./access/revoke.ts";
import { version } from "./general/version.ts";
import { why } from "./general/why.ts";
import { imageList } from "./image/list.ts";
import { deleteInstances } from "./instance/delete.ts";
import { info } from "./instance/info.ts";
import { init } from "./instance/init.ts";
import { launch } from "./instance/launch.ts";
import { list } from "./instance/list.ts";
import { pause } from "./instance/pause.ts";
import { rename } from "./instance/rename.ts";
import { restart } from "./instance/restart.ts";
import { resume } from "./instance/resume.ts";
import { start } from "./instance/start.ts";
import { stop } from "./instance/stop.ts";
import { jobCancel } from "./job/cancel.ts";
import { jobList } from "./job/list.ts";
import { jobShow } from "./job/show.ts";
import { operationCancel } from "./operation/cancel.ts";
import { operationList } from "./operation/list.ts";
import { remoteAdd } from "./remote/add.ts";
import { remoteList } from "./remote/list.ts";
import { remoteRemove } from "./remote/remove.ts";
import { remoteRename } from "./remote/rename.ts";
import { remoteSetDefault } from "./remote/set-default.ts";
import { remoteShow } from "./remote/show.ts";
import { remoteTrustCommand } from "./remote/trust.ts";

/** All commands of `/lxd`, in the order in which help shows them; the only list. */
export const commands: readonly Command[] = [
  launch,
  init,
  list,
  info,
  start,
  stop,
  restart,
  pause,
  resume,
  rename,
  deleteInstances,
  imageList,
  jobList,
  jobShow,
  jobCancel,
  operationList,
  operationCancel,
  remoteList,
  remoteShow,
  remoteAdd,
  remoteTrustCommand,
  remoteSetDefault,
  remoteRename,
  remoteRemove,
  accessList,
  accessGrant,
  accessRevoke,
  version,
  why,
];
