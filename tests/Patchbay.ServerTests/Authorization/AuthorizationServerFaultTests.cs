using System.Text.Json;
using Patchbay.Authorizing;
using Patchbay.Authorizing.Faults;
using Patchbay.Authorizing.Observing;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Authorization;

/// <summary>The authorization server fails as it is told to, and only then.</summary>
public sealed class AuthorizationServerFaultTests : IAsyncLifetime
{
    private static readonly AuthorizationServerOptions Options = new() { Clients = [new() { Id = "app", RedirectUris = [TokenClient.RedirectUri] }], Control = true };

    private AuthorizationServer _server = null!;
    private TokenClient _client = null!;

    public static TheoryData<string, int> Refusals => new() { { "service-unavailable", 503 }, { "too-many-requests", 429 }, { "invalid-grant", 400 }, { "garbage-html", 200 } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await AuthorizationServer.StartAsync(Options, Token);
        _client = new TokenClient(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_planned_refusal_leaves_the_refresh_token_good(string fault, int status)
    {
        var tokens = await PasswordAsync();
        await ControlAsync(HttpMethod.Post, "faults", new { fault, times = 2, retryAfterSeconds = 7 });

        var first = (await RefreshAsync(tokens)).Expect(status);
        (await RefreshAsync(tokens)).Expect(status);

        if (status is 503 or 429)
            Assert.Equal("7", first.Headers["Retry-After"]);
        if (status == 200)
            Assert.StartsWith("text/html", first.Headers["Content-Type"], StringComparison.Ordinal);
        if (status == 400)
            Assert.Equal("invalid_grant", first.Error());
        Assert.Equal(0, _server.Faults.Planned);
        (await RefreshAsync(tokens)).Expect(200);
        Assert.Equal(0, _server.Observed.ReusedRefreshTokens);
        Assert.Equal(3, _server.Observed.CountOf("refresh_token"));
        Assert.Equal(2, _server.Observed.Grants);
    }

    [Fact]
    public async Task A_connection_cut_before_the_processing_leaves_the_refresh_token_good()
    {
        var tokens = await PasswordAsync();
        _server.Faults.Plan(TokenFault.CutBeforeProcessing);

        await Assert.ThrowsAsync<HttpRequestException>(() => RefreshAsync(tokens));

        (await RefreshAsync(tokens)).Expect(200);
    }

    [Fact]
    public async Task A_connection_cut_after_the_processing_has_used_the_refresh_token_up()
    {
        var tokens = await PasswordAsync();
        _server.Faults.Plan(TokenFault.CutAfterProcessing);

        await Assert.ThrowsAsync<HttpRequestException>(() => RefreshAsync(tokens));

        Assert.Equal(2, _server.Observed.Grants);
        Assert.Equal("invalid_grant", (await RefreshAsync(tokens)).Expect(400).Error());
        Assert.Equal(1, _server.Observed.ReusedRefreshTokens);
    }

    [Fact]
    public async Task A_hanging_request_is_not_answered_and_not_processed()
    {
        var tokens = await PasswordAsync();
        _server.Faults.Plan(TokenFault.Hang);
        using var impatient = new TokenClient(_server);

        var hanging = impatient.RefreshAsync("app", tokens.RefreshToken());
        await _server.Observed.TokenRequestArrivedAsync(2, Token);
        Assert.False(hanging.IsCompleted);
        impatient.Leave();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        (await RefreshAsync(tokens)).Expect(200);
    }

    [Fact]
    public async Task A_request_that_is_held_before_its_processing_has_changed_nothing_yet()
    {
        var tokens = await PasswordAsync();
        var held = _server.Faults.HoldBeforeProcessing("refresh_token");

        var first = RefreshAsync(tokens);
        await held.Arrived.WaitAsync(Token);
        (await RefreshAsync(tokens)).Expect(200);
        Assert.False(first.IsCompleted);
        held.Release();

        Assert.Equal("invalid_grant", (await first).Expect(400).Error());
    }

    [Fact]
    public async Task A_request_that_is_held_before_its_answer_has_used_the_refresh_token_up()
    {
        var tokens = await PasswordAsync();
        var held = _server.Faults.HoldBeforeAnswer("refresh_token");

        var first = RefreshAsync(tokens);
        await held.Arrived.WaitAsync(Token);
        Assert.False(first.IsCompleted);
        Assert.Equal(2, _server.Observed.Grants);
        held.Release();

        (await RefreshAsync(await first)).Expect(200);
        (await RefreshAsync(tokens)).Expect(400);
    }

    [Fact]
    public async Task A_held_request_is_processed_although_its_client_has_gone()
    {
        var tokens = await PasswordAsync();
        var held = _server.Faults.HoldBeforeProcessing();
        using var leaving = new TokenClient(_server);

        var lost = leaving.RefreshAsync("app", tokens.RefreshToken());
        await held.Arrived.WaitAsync(Token);
        leaving.Leave();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost);
        held.Release();
        await held.Finished.WaitAsync(Token);

        Assert.Equal(2, _server.Observed.Grants);
        Assert.Equal("invalid_grant", (await RefreshAsync(tokens)).Expect(400).Error());
    }

    [Fact]
    public async Task A_plan_for_one_grant_type_lets_others_pass()
    {
        _server.Faults.Plan(TokenFault.ServiceUnavailable(), grantType: "refresh_token");

        var tokens = await PasswordAsync();

        (await RefreshAsync(tokens)).Expect(503);
    }

    [Fact]
    public async Task Clearing_forgets_plans_and_releases_held_requests()
    {
        var tokens = await PasswordAsync();
        _server.Faults.HoldBeforeProcessing();
        _server.Faults.Plan(TokenFault.Hang, times: 5);

        var first = RefreshAsync(tokens);
        await _server.Observed.TokenRequestArrivedAsync(2, Token);
        _server.Faults.Clear();

        (await RefreshAsync(await first)).Expect(200);
    }

    [Fact]
    public async Task A_server_stops_although_requests_hang_and_are_held()
    {
        var server = await AuthorizationServer.StartAsync(Options, Token);
        using var client = new TokenClient(server);
        server.Faults.Plan(TokenFault.Hang);
        var held = server.Faults.HoldBeforeProcessing();
        var both = Enumerable.Range(0, 2).Select(_ => client.TokenAsync(("grant_type", "client_credentials"))).ToList();
        await Task.WhenAll(held.Arrived, server.Observed.TokenRequestArrivedAsync(2, Token));

        await server.DisposeAsync();

        foreach (var request in both)
            await Assert.ThrowsAsync<HttpRequestException>(() => request);
    }

    [Fact]
    public async Task What_was_received_is_described_without_secrets()
    {
        var tokens = await PasswordAsync();
        await RefreshAsync(tokens);

        var observations = (await ControlAsync(HttpMethod.Get, "observations")).Expect(200);

        Assert.Equal(["password", "refresh_token"], observations["tokenRequests"].AsArray().Select(r => r!["grantType"]!.GetValue<string>()));
        Assert.DoesNotContain("wonderland", observations.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(tokens.RefreshToken(), observations.Text, StringComparison.Ordinal);
        Assert.Equal("offline_access", _server.Observed.TokenRequests[0].Parameters["scope"]);
        Assert.Equal(TokenRequest.Fingerprint(tokens.RefreshToken()), _server.Observed.TokenRequests[1].RefreshToken);
    }

    [Fact]
    public async Task As_a_process_it_is_controlled_over_HTTP()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(Options, JsonSerializerOptions.Web), Token);
        await using var process = await AuthorizationServerProcess.StartAsync(file);
        using var client = new TokenClient(_server);
        async Task<Answer> PostAsync(string path, object? body = null) =>
            await client.SendAsync(HttpMethod.Post, new Uri(process.Url, path), content: Api.ContentOf(body ?? new { }));
        Task<Answer> TokenAsync() => client.PostAsync(new Uri(process.Url, "/connect/token"), null,
            ("grant_type", "password"), ("client_id", "app"), ("username", "alice"), ("password", "wonderland"));

        var hold = (await PostAsync("/control/holds", new { beforeProcessing = false })).Expect(200)["id"].GetValue<int>();
        var held = TokenAsync();
        (await client.SendAsync(HttpMethod.Get, new Uri(process.Url, "/control/token-requests/1"))).Expect(200);
        (await client.SendAsync(HttpMethod.Get, new Uri(process.Url, $"/control/holds/{hold}"))).Expect(204);
        Assert.False(held.IsCompleted);
        (await PostAsync($"/control/holds/{hold}/release")).Expect(204);
        (await held).Expect(200);

        (await PostAsync("/control/faults", new { fault = "too-many-requests" })).Expect(204);
        (await TokenAsync()).Expect(429);
        (await TokenAsync()).Expect(200);
        (await PostAsync("/control/faults", new { fault = "made-up" })).Expect(400);
        (await PostAsync("/control/faults", new { fault = "hang" })).Expect(204);
        (await client.SendAsync(HttpMethod.Delete, new Uri(process.Url, "/control/faults"))).Expect(200);
        (await TokenAsync()).Expect(200);
    }

    private Task<Answer> ControlAsync(HttpMethod method, string path, object? body = null) =>
        _client.SendAsync(method, new Uri(_server.Url, "/control/" + path), content: Api.ContentOf(body));

    private async Task<Answer> PasswordAsync() => (await _client.TokenAsync(
        ("grant_type", "password"), ("client_id", "app"), ("username", "alice"), ("password", "wonderland"), ("scope", "offline_access"))).Expect(200);

    private Task<Answer> RefreshAsync(Answer tokens) => _client.RefreshAsync("app", tokens.RefreshToken());
}
