import { alb } from "../../annotations/catalog.ts";
import { annotationField } from "../../text/quoting.ts";
import { soleField } from "./alb-values.ts";
import type { Cluster } from "./cluster.ts";
import type { GroupContext } from "./group-text.ts";
import type { Member } from "./group.ts";
import { routesOf } from "./routes.ts";
import type { Route } from "./routes.ts";
import { listenPortsOf } from "./statements.ts";

/**
 * The field by which the Ingress has a hand in it that a load balancer of this address type sends users to an identity provider:
 * its own authentication, or, where only others have some, its own ip-address-type.
 */
export function authenticationField(context: GroupContext): string | undefined {
  const state = context.group();
  if (state === undefined) return undefined;
  const { cluster } = context.facts;
  const own = fieldOf(state.own, cluster);
  if (own !== undefined) return own;
  const isOfOthers = state.members.some((member) => member !== state.own && fieldOf(member, cluster) !== undefined);
  return isOfOthers ? soleField(context, "ip-address-type") : undefined;
}

/** Only listeners of HTTPS authenticate (model_build_actions.go:20-50). */
function fieldOf(member: Member, cluster: Cluster | undefined): string | undefined {
  const isHttps = [...(listenPortsOf(member)?.values() ?? [])].some((protocol) => protocol !== "HTTP");
  if (!isHttps) return undefined;
  const { namespace, view } = member.ingress;
  const ofIngress = view.annotations[alb.authType];
  for (const route of routesOf(view)) {
    const ofService = authTypeOf(route, namespace, cluster);
    if (!sendsUsersAway(ofService ?? ofIngress)) continue;
    return ofService === undefined ? annotationField(alb.authType) : route.field;
  }
  return undefined;
}

/** A Service that is the only target wins over the Ingress (enhanced_backend_builder.go:302-316). */
function authTypeOf(
  { targets: [target], targetGroups }: Route,
  namespace: string,
  cluster: Cluster | undefined,
): string | undefined {
  if (target === undefined || targetGroups !== 1) return undefined;
  return cluster?.service(namespace, target.service)?.annotations[alb.authType];
}

function sendsUsersAway(authType: string | undefined): boolean {
  return authType === "cognito" || authType === "oidc";
}
