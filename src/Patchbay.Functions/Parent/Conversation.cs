using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Patchbay.Functions.Wire;

namespace Patchbay.Functions.Parent;

/// <summary>One run with one child: hands it the script, answers its requests, and takes its last word.</summary>
internal sealed class Conversation
{
    // 128 and the number of the signal.
    private const int EndedByCpuLimit = 152;

    private readonly FunctionRun _run;
    private readonly ChildProcess _child;
    private readonly FunctionLimits _limits;
    private readonly TimeProvider _time;
    private readonly SecretText _secrets;
    private readonly RequestGate _gate;

    public Conversation(FunctionRun run, ChildProcess child, FunctionLimits limits, TimeProvider time)
    {
        _run = run;
        _child = child;
        _limits = limits;
        _time = time;
        _secrets = new SecretText([.. run.Context.Values.Values, .. run.Context.Previous?.Secrets() ?? []]);
        _gate = new RequestGate(run.Function, limits, _secrets);
    }

    /// <summary>Runs it to its end. The child is of no use afterwards.</summary>
    public async Task<FunctionResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var kill = cancellationToken.UnsafeRegister(static state => ((ChildProcess)state!).Kill(), _child);
        await using var watch = new RunWatch(_child, _limits, _time);
        using var sending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, watch.Exceeded);

        var message = JsonSerializer.SerializeToUtf8Bytes(new RunMessage(_run.Function.Source, _run.Context.ToJson()), WireJson.Default.RunMessage);
        if (message.Length > FunctionLimits.LongestFrame)
            return FunctionResult.Of(new FunctionFailure.ScriptError("The source and its values are too long together.", line: null));

        await _child.WriteAsync(FrameKind.Run, message, CancellationToken.None);
        while (true)
        {
            var frame = await _child.ReadAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            if (watch.Failure is { } exceeded) return FunctionResult.Of(exceeded);
            switch (frame)
            {
                case { Kind: FrameKind.Request } request when WireJson.Read(request.Content.Span, WireJson.Default.RequestMessage) is { } read:
                    if (await AnswerAsync(read, sending.Token, cancellationToken) is { } failure) return FunctionResult.Of(watch.Failure ?? failure);
                    break;
                case { Kind: FrameKind.Answer } answer:
                    return FunctionAnswer.TryRead(answer.Content.Span, out var result, out var faults)
                        ? FunctionResult.Of(result)
                        : FunctionResult.Of(new FunctionFailure.BadResult(faults));
                case { Kind: FrameKind.Failure } failed when WireJson.Read(failed.Content.Span, WireJson.Default.FailureMessage) is { } told:
                    return FunctionResult.Of(told.Reason == FailureReason.Memory
                        ? new FunctionFailure.OutOfMemory()
                        : new FunctionFailure.ScriptError(_secrets.Clean(told.Message ?? "no message"), told.Line is > 0 ? told.Line : null));
                case null:
                    return FunctionResult.Of(await HowItEndedAsync());
                default:
                    // A frame that a child of ours does not send: it is no longer ours.
                    return FunctionResult.Of(new FunctionFailure.Crashed(exitCode: null));
            }
        }
    }

    private async Task<FunctionFailure> HowItEndedAsync()
    {
        // It may have closed its output only.
        _child.Kill();
        var exitCode = await _child.ExitAsync();
        return exitCode == EndedByCpuLimit ? new FunctionFailure.CpuExceeded(_limits.Cpu) : new FunctionFailure.Crashed(exitCode);
    }

    /// <summary>Answers a call of <c>fetch</c>.</summary>
    /// <returns>Null, or why the run ends.</returns>
    private async Task<FunctionFailure?> AnswerAsync(RequestMessage message, CancellationToken sending, CancellationToken cancellationToken)
    {
        var decision = _gate.Check(message);
        if (decision.Failure is { } failure) return failure;
        var response = decision.Request is { } request ? await SendAsync(request, sending, cancellationToken) : Error(decision.Error!);
        var content = JsonSerializer.SerializeToUtf8Bytes(response, WireJson.Default.ResponseMessage);
        if (content.Length > FunctionLimits.LongestFrame)
            content = JsonSerializer.SerializeToUtf8Bytes(Error("The answer's headers are too long."), WireJson.Default.ResponseMessage);
        await _child.WriteAsync(FrameKind.Response, content, CancellationToken.None);
        return null;
    }

    private async Task<ResponseMessage> SendAsync(FunctionHttpRequest request, CancellationToken sending, CancellationToken cancellationToken)
    {
        FunctionHttpResponse response;
        try
        {
            response = await _run.SendAsync(request, sending).WaitAsync(sending);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Error("The request took too long.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return Error("There was no connection, or it broke.");
        }

        if (response.Failure is { } reason) return Error(reason);
        if (response.Body.Length > _limits.BodyBytes) return Error($"The answer has more than {_limits.BodyBytes} bytes.");
        var headers = response.Headers
            .GroupBy(header => header.Key, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(lines => lines.Key, lines => string.Join(", ", lines.Select(line => line.Value)), StringComparer.OrdinalIgnoreCase);
        var body = Encoding.UTF8.GetString(response.Body.Span);
        _secrets.Received(body);
        foreach (var value in headers.Values) _secrets.Received(value);
        return new ResponseMessage(Error: null, response.Status, headers, body);
    }

    private static ResponseMessage Error(string text) => new(text, Status: 0, FrozenDictionary<string, string>.Empty, Body: null);
}
