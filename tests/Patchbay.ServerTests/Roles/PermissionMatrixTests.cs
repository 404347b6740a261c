using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Http;
using Patchbay.Platform.Roles;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.People;
using Patchbay.ServerTests.SigningKeys;
using Xunit;

namespace Patchbay.ServerTests.Roles;

/// <summary>
/// Every operation, called by every kind of caller with every role, in their own organisation and in another: who is let in is what
/// <c>docs/permissions.md</c> says. All that is named in a path but the organisation is made up, so nothing is changed.
/// </summary>
public sealed partial class PermissionMatrixTests(Hosts hosts)
{
    private const string EndUser = "ada";
    private const string Nowhere = "01JDF3Q2M8V7K5T9XW4RZ6YB6C";

    private static readonly string Guide = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "permissions.md"));

    [Fact]
    public void The_guide_lists_every_permission_and_who_has_it()
    {
        var listed = Row().Matches(Guide).Select(m => m.Value).ToList();
        var expected = Permissions.All.Select(p =>
            $"| `{Permissions.IdOf(p)}` | {string.Join(" | ", BuiltInRoles.All.Select(r => r.Permissions.Covers(PermissionSet.Of(p)) ? "x" : ""))} | {Lowered(Permissions.DescriptionOf(p))} |");

        Assert.Equal(expected, listed);

        static string Lowered(string text) => char.ToLowerInvariant(text[0]) + text[1..].TrimEnd('.');
    }

    [Fact]
    public async Task The_guide_lists_every_operation_of_the_server()
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        Assert.Equal(OperationsOf(host).Select(o => o.Name).Distinct().Order(StringComparer.Ordinal), Table().Keys.Order(StringComparer.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task Who_is_let_in_is_what_the_guide_says(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var (acme, other) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var embedded = new Dictionary<Tenant, Embedded> { [acme] = await EmbedAsync(acme), [other] = await EmbedAsync(other) };
        var signer = await Signer.MakeAsync(acme, allowOrganisationTokens: true);
        var callers = new List<(string Name, string Header, PermissionSet? Has)>
        {
            ("nobody", "", null),
            ("an end user", $"JWT {signer.Token(EndUser)}", null),
            ("the organisation's token", $"JWT {signer.Token(subject: null)}", BuiltInRoles.Developer.Permissions),
            ("the operator", $"Bearer {host.OperatorKey}", PermissionSet.Whole),
        };
        var roles = BuiltInRoles.All.Select(r => (r.Name, r.Permissions)).ToList();
        // And each permission by itself, in a role of the organisation's own.
        foreach (var permission in Permissions.All)
        {
            var id = Permissions.IdOf(permission);
            (await acme.PostAsync($"/api/organisations/v1/organisations/{acme.Id}/roles", new { name = $"only {id}", permissions = new[] { id } })).Expect(201);
            roles.Add(($"only {id}", PermissionSet.Of(permission)));
        }

        foreach (var (role, permissions) in roles)
        {
            var key = (await acme.PostAsync($"/api/organisations/v1/organisations/{acme.Id}/api-keys", new { name = role, roles = new[] { role } })).Expect(201);
            callers.Add(($"a key with the role {role}", $"Bearer {key["key"].GetValue<string>()}", permissions));
        }

        var (person, _, _) = await acme.NewMemberAsync("viewer");
        callers.Add(("a person with the role viewer", $"Bearer {person.Key}", BuiltInRoles.Viewer.Permissions));
        var account = (await acme.PostAsync($"{PersonSteps.Of(acme)}/service-accounts", new { name = "job", roles = new[] { "developer" } })).Expect(201);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials", ["client_id"] = account["clientId"].GetValue<string>(), ["client_secret"] = account["clientSecret"].GetValue<string>(),
        });
        var issued = (await host.Nobody.SendAsync(HttpMethod.Post, "/oauth2/token", form)).Expect(200)["access_token"].GetValue<string>();
        callers.Add(("a service account with the role developer", $"Bearer {issued}", BuiltInRoles.Developer.Permissions));

        var table = Table();
        var wrong = new List<string>();
        var calls = 0;
        foreach (var operation in OperationsOf(host))
        {
            var needs = table.GetValueOrDefault(operation.Name) ?? "";
            foreach (var (name, header, has) in callers)
            {
                foreach (var organisation in operation.NamesOrganisation ? (Tenant[])[acme, other] : [acme])
                {
                    // The operator deletes an organisation where others are told that only the operator does.
                    if (operation.Name == "DeleteOrganisation" && name == "the operator")
                        continue;
                    var expected = Expected(needs, name, has, organisation == acme, operation.NamesOrganisation);
                    var answer = await host.Nobody.SendAsync(new HttpMethod(operation.Method), Filled(operation.Pattern, organisation, embedded[organisation]), Api.ContentOf(operation.BodyIn(organisation, embedded[organisation])),
                        [("Authorization", header), ("If-Match", "\"none\"")]);
                    calls++;
                    if (Seen(answer) != expected)
                        wrong.Add($"{operation.Name} ({needs}) as {name} in {(organisation == acme ? "their own" : "another")} organisation: {expected} was expected, not {answer.Status} {answer.Code}");
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {calls} calls:\n{string.Join('\n', wrong.Take(40))}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{calls} calls of {table.Count} operations by {callers.Count} callers");
        Assert.Empty(host.Log.Errors);
    }

    /// <summary>What the guide says of a call.</summary>
    private static string Expected(string needs, string caller, PermissionSet? has, bool isOwn, bool namesOrganisation)
    {
        if (needs == "anybody")
            return "let in";
        if (caller == "nobody")
            return "401";
        if (caller == "the operator")
            return "let in";
        if (needs == "the operator")
            return !namesOrganisation || (isOwn && has is not null) ? "403 operator_required" : "404";
        if (has is null && namesOrganisation && isOwn && needs.Contains("the end user", StringComparison.Ordinal))
            return "let in";
        if (needs == "any caller")
            return has is null ? "403 end_user_token" : "let in";
        if (!namesOrganisation && has is null)
            return "403 end_user_token";
        if (has is null)
            return "404";
        if (!isOwn)
            return needs.Contains("library", StringComparison.Ordinal) ? "let in" : "404";
        var needed = PermissionSet.Of([.. PermissionName().Matches(needs).Select(m => Permissions.Find(m.Groups["id"].Value)!.Value)]);
        return has.Value.Covers(needed) ? "let in" : "403 permission_denied";
    }

    /// <summary>What became of a call: what lies behind the authorizer finds its own faults in it.</summary>
    private static string Seen(Answer answer) => answer.Status switch
    {
        401 when answer.Code == "invalid_client" => "let in",
        401 => "401",
        // What only people do, others are told behind the authorizer.
        403 when answer.Code == "person_required" => "let in",
        403 => $"403 {answer.Code}",
        404 when answer.Code is "organisation_not_found" or "hub_not_found" or "integration_not_found" or "activation_not_found" or "connection_template_not_found" => "404",
        _ => "let in",
    };

    /// <summary>What an organisation embeds: a user has activated its integration.</summary>
    private static async Task<Embedded> EmbedAsync(Tenant tenant)
    {
        var connector = (await tenant.CreateConnectorAsync(configs: new { id = PopulatedTenant.ConfigId, schemeType = "api-key", description = "", name = "X-Key", @in = "header" })).Id;
        var hub = (await tenant.PostAsync("/api/embedded/v1/hubs",
            new { organisationId = tenant.Id, name = "hub", primaryConnectorId = connector, authSchemeConfig = new { id = PopulatedTenant.ConfigId } })).Expect(201).Id;
        (await tenant.PostAsync($"/api/embedded/v1/hubs/{hub}/users", new { externalId = EndUser })).Expect(201);
        var integration = await PopulatedTenant.IntegrateAsync(tenant, hub, "integration");
        var body = await PopulatedTenant.ActivationOfAsync(tenant, integration, EndUser, "own");
        return new Embedded(hub, integration, (string)body["connections"]![0]!["templateId"]!, (await tenant.PostAsync("/api/embedded/v1/activations", body)).Expect(200).Id);
    }

    private sealed record Embedded(string Hub, string Integration, string Template, string Activation);

    private static string Filled(string pattern, Tenant tenant, Embedded embedded) => string.Join('/', pattern.Split('/').Select(part => part switch
    {
        "{organisation_id}" => tenant.Id,
        "{hub_id}" => embedded.Hub,
        "{integration_id}" => embedded.Integration,
        "{connection_template_id}" => embedded.Template,
        "{activation_id}" => embedded.Activation,
        "{user_id}" => EndUser,
        "{schema_filename}" => "None.json",
        _ when part.StartsWith('{') => Nowhere,
        _ => part,
    }));

    private static Dictionary<string, string> Table() =>
        Guide[Guide.IndexOf("| operation | needs |", StringComparison.Ordinal)..].Split('\n').Skip(2).TakeWhile(l => l.StartsWith('|'))
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries)).ToDictionary(c => c[1], c => c[2], StringComparer.Ordinal);

    /// <summary>The operations with a name: those of the published and our own API, and the agents'.</summary>
    private static IEnumerable<Operation> OperationsOf(PatchbayHost host) =>
        host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(r => r.Metadata.GetMetadata<IEndpointNameMetadata>() is not null)
            .SelectMany(r => (r.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Where(m => m != "HEAD")
                .Select(m => new Operation(r.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName, m, "/" + r.RoutePattern.RawText!.TrimStart('/'), r.Metadata.GetMetadata<Access>())));

    private sealed record Operation(string Name, string Method, string Pattern, Access? Access)
    {
        public bool NamesOrganisation => Pattern.Contains("{organisation_id}", StringComparison.Ordinal) || Access is Access.Resource;

        /// <summary>A body that is at fault, but says whose the request is where a body does.</summary>
        public string BodyIn(Tenant tenant, Embedded embedded)
        {
            if (Access is not Access.Resource resource)
                return "{";
            var fields = new Dictionary<string, object>(StringComparer.Ordinal) { ["no-such-field"] = 1 };
            if (resource.From is Source.Body { Field: var named })
                fields[named] = named == "integrationId" ? embedded.Integration : tenant.Id;
            if (resource.EndUsers is EndUserRule.OfBody { Field: var user })
                fields[user] = EndUser;
            return fields.Count == 1 ? "{" : System.Text.Json.JsonSerializer.Serialize(fields);
        }
    }

    [GeneratedRegex(@"^\| `[a-z_.]+` \|.*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<id>[a-z_.]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PermissionName();
}
