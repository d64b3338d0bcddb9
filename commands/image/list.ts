import { requireAllowed } from "../../src/pipeline/authorize.ts";
import { withRemote } from "../../src/pipeline/resolve.ts";
import { z } from "zod";
import { argument, defineCommand } from "../../src/pipeline/define.ts";
import { projectOption } from "../instance/shared.ts";

export const imageList = defineCommand({
  type: "answer",
  name: "image list",
  aliases: ["image ls", "images"],
  summary: "List the images that a server has",
  parameters: {
    where: argument({
      value: z.string().regex(/^[a-zA-Z0-9_.-]+:?[^:\s]*$/, "it is written REMOTE: or REMOTE:FILTER"),
      optional: true,
      hint: "[REMOTE:][FILTER]",
      help: "which",
    }),
    project: projectOption,
  },
  examples: ["image list", "image list {remote}:"],
  permission: "image.read",
  needs: ["resolve", "lxd", "may"],
  run: async ({ args, use, request }) => {
    const [before = "", after] = (args.where ?? "").split(":");
    const filter = (after ?? before).toLowerCase();
    const { remote, project } = await use.resolve.remote(after === undefined ? undefined : before, {
      project: args.project,
      typed: (name) =>
        before === "" ? `${request.text} ${name}:` : withRemote(request.text, { name: before, remote: name }),
    });
    requireAllowed(use.may("image.read", { remote, project, name: "*" }), `You may not see the images of ${remote}.`);
    const images = await use.lxd(remote).images.list({ project });
    const rows = images
      .filter(({ aliases, fingerprint, properties }) =>
        [fingerprint, properties["description"] ?? "", ...aliases.map(({ name }) => name)].some((text) =>
          text.toLowerCase().includes(filter),
        ),
      )
      .map((image) => [
        image.aliases.map(({ name }) => name).join(" "),
        image.fingerprint.slice(0, 12),
        image.properties["description"] ?? "",
        image.architecture,
        image.type === "virtual-machine" ? "VM" : "CONTAINER",
        `${(image.size / 1e6).toFixed(1)}MB`,
        image.uploaded_at.slice(0, 10),
      ]);
    return {
      summary: `${rows.length} images on ${remote}`,
      parts: [
        rows.length === 0
          ? { type: "text", text: ["There is no such image on ", { code: remote }, "."] }
          : {
              type: "table",
              columns: ["ALIAS", "FINGERPRINT", "DESCRIPTION", "ARCHITECTURE", "TYPE", "SIZE", "UPLOADED"],
              rows,
            },
      ],
    };
  },
});
