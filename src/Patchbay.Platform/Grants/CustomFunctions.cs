using System.Net.Http.Headers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patchbay.Functions;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Grants;

/// <summary>
/// Runs the custom functions of credentials. Each runs apart from the server and sends nothing itself: what it asks for goes out from here,
/// through the guard.
/// </summary>
internal sealed partial class CustomFunctions : BackgroundService, IAsyncDisposable
{
    private static readonly FunctionLimits Limits = new();

    private readonly FunctionRunner _runner;
    private readonly HttpClient _client;

    private readonly PatchbaySettings _settings;
    private readonly ILogger<CustomFunctions> _logger;

    public CustomFunctions(
        OutboundNetwork network, FunctionHostProgram program, PatchbaySettings settings, TimeProvider clock, ILogger<CustomFunctions> logger)
    {
        (_settings, _logger) = (settings, logger);
        _runner = new FunctionRunner(program, Limits, new FunctionQueueLimits(), clock);
        // An answer that is longer than the script may have is cut there; what is read here has an end, too.
        _client = network.CreateClient(Limits.Wall, Limits.BodyBytes * 2);
    }

    /// <summary>Whether functions can run on this machine, and why not.</summary>
    public Task<FunctionSandboxState> CheckAsync(CancellationToken cancellationToken) => _runner.CheckAsync(cancellationToken);

    /// <summary>Runs a function for an organisation, which waits for its own other runs only.</summary>
    public Task<FunctionResult> RunAsync(Ulid organisationId, FunctionDefinition function, FunctionContext context, CancellationToken cancellationToken) =>
        _runner.RunAsync(new FunctionRun(organisationId.ToString(), function, context, SendAsync), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _runner.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>Says at the start when functions cannot run here, so that nobody has to find out by a call.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_settings.ChecksFunctionsAtStart && await CheckAsync(stoppingToken) is { IsAvailable: false } state)
            AreOff(_logger, state.Problem!);
    }

    [LoggerMessage(1, LogLevel.Warning, "Custom functions are off: {Problem}")]
    private static partial void AreOff(ILogger logger, string problem);

    private async Task<FunctionHttpResponse> SendAsync(FunctionHttpRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Address);
        if (request.Body is { } body)
            message.Content = new ReadOnlyMemoryContent(body);
        foreach (var (name, value) in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await _client.SendAsync(message, cancellationToken);
            return FunctionHttpResponse.Of(
                (int)response.StatusCode, [.. HeadersOf(response.Headers), .. HeadersOf(response.Content.Headers)],
                await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return FunctionHttpResponse.Failed(OutboundFailure.Of(e, request.Origin.Host).Message);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> HeadersOf(HttpHeaders headers) =>
        headers.NonValidated.Select(h => KeyValuePair.Create(h.Key, h.Value.ToString()));
}
