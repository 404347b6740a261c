using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patchbay.Platform.Data;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.People;

public sealed class SweepTests
{
    [Theory, EachDatabase]
    public async Task What_is_over_of_people_and_accounts_is_deleted_and_nothing_else(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock: clock);
        var acme = await host.NewOrganisationAsync();
        var old = (await acme.InviteAsync("old@example.com", ["viewer"])).Expect(201).Id;
        var account = (await acme.PostAsync($"{PersonSteps.Of(acme)}/service-accounts", new { name = "job", roles = new[] { "viewer" } })).Expect(201);
        await TokenAsync();
        clock.Advance(TimeSpan.FromDays(50));
        var newer = (await acme.InviteAsync("newer@example.com", ["viewer"])).Expect(201).Id;
        await TokenAsync();
        // Over, but not for long enough.
        clock.Advance(TimeSpan.FromDays(16));

        await SweepAsync();
        Assert.Equal((2L, 0L), (await CountAsync("invitations"), await CountAsync("service_tokens")));

        clock.Advance(TimeSpan.FromDays(10));
        await TokenAsync();
        await SweepAsync();
        Assert.Equal((1L, 1L), (await CountAsync("invitations"), await CountAsync("service_tokens")));
        Assert.Equal((0L, 1L, 1L), (await RolesOfAsync(old), await RolesOfAsync(newer), await RolesOfAsync(account.Id)));
        Assert.Empty(host.Log.Errors);

        Task<long> RolesOfAsync(string subject) => host.ScalarAsync<long>("SELECT COUNT(*) FROM role_bindings WHERE subject_id = @p0", subject);

        Task<long> CountAsync(string table) => host.ScalarAsync<long>($"SELECT COUNT(*) FROM {table}");

        async Task SweepAsync()
        {
            foreach (var sweep in host.Services.GetServices<IHostedService>().OfType<Sweep>())
                await sweep.RunAsync(TestContext.Current.CancellationToken);
        }

        async Task TokenAsync()
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["grant_type"] = "client_credentials", ["client_id"] = account["clientId"].GetValue<string>(), ["client_secret"] = account["clientSecret"].GetValue<string>(),
            });
            (await host.Nobody.SendAsync(HttpMethod.Post, "/oauth2/token", form)).Expect(200);
        }
    }
}
