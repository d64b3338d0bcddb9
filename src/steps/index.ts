import { createStepKinds, type StepKinds } from "../jobs/step-kind.ts";
import { instanceChangeState } from "./instance/change-state.ts";
import { instanceCreate } from "./instance/create.ts";
import { instanceDelete } from "./instance/delete.ts";
import { instanceRename } from "./instance/rename.ts";
import { instanceSign } from "./instance/sign.ts";
import { remoteSave } from "./remote/save.ts";
import { remoteTrust } from "./remote/trust.ts";

/** All step kinds; the only list. */
export const stepKinds: StepKinds = createStepKinds([
  instanceCreate,
  instanceChangeState,
  instanceDelete,
  instanceRename,
  instanceSign,
  remoteTrust,
  remoteSave,
]);
