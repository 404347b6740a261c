using System.Text.RegularExpressions;
using Jint;
using Jint.Runtime;

namespace Patchbay.Functions.Child;

/// <summary>What came of a script: its answer as JSON, or its error.</summary>
/// <param name="Answer">What it returned, as JSON.</param>
/// <param name="Error">The error's text, without the place.</param>
/// <param name="Line">Where the error arose, from 1.</param>
internal sealed record ScriptOutcome(string? Answer, string? Error = null, int? Line = null);

/// <summary>
/// One engine for one script. It has no way to the CLR's types, to modules, or to anything beside the functions of <see cref="ScriptBridge"/>;
/// but it is not the wall: that is the process around it.
/// </summary>
internal static partial class ScriptEngine
{
    private const string SourceName = "function.js";
    private const int DeepestJson = 64;

    private static readonly Prepared<Acornima.Ast.Script> Prelude = Engine.PrepareScript(ReadPrelude(), "prelude.js");

    /// <summary>Runs a script.</summary>
    /// <param name="source">The script, which is to define <c>authenticate</c>.</param>
    /// <param name="context">What that is called with, as JSON.</param>
    /// <param name="send">Answers a call of <c>fetch</c>: JSON to JSON.</param>
    /// <returns>Its answer or its error.</returns>
    /// <exception cref="OutOfMemoryException">The heap is full.</exception>
    public static ScriptOutcome Run(string source, string context, Func<string, string> send)
    {
        try
        {
            var engine = new Engine(options =>
            {
                options.LocalTimeZone(TimeZoneInfo.Utc).DisableStringCompilation();
                options.AgentCanSuspend = false;
                options.Constraints.StackOverflowGuard = true;
                options.Json.MaxParseDepth = DeepestJson;
            });
            var bridge = new ScriptBridge(engine, send);
            var run = engine.Call(engine.Evaluate(Prelude), bridge.Functions);
            engine.Execute(source, SourceName);
            engine.Call(run, engine.Evaluate("typeof authenticate === 'undefined' ? undefined : authenticate"), context);
            engine.Advanced.ProcessTasks();
            return bridge.Outcome is { } outcome
                ? outcome with { Line = outcome.Line ?? LineOf(bridge.Stack) }
                : new ScriptOutcome(Answer: null, "What authenticate promised was neither kept nor broken.");
        }
        catch (JavaScriptException e)
        {
            return new ScriptOutcome(Answer: null, e.Message, e.Location.Start.Line > 0 ? e.Location.Start.Line : null);
        }
        catch (Exception e) when (e is not OutOfMemoryException and not IOException)
        {
            // Of the engine's own limits and errors the kind says enough; its text may repeat anything.
            return new ScriptOutcome(Answer: null, $"The script engine gave up ({e.GetType().Name}).");
        }
    }

    private static int? LineOf(string? stack) =>
        stack is not null && Place().Match(stack) is { Success: true } place && int.TryParse(place.Groups["line"].ValueSpan, out var line) ? line : null;

    private static string ReadPrelude()
    {
        using var reader = new StreamReader(typeof(ScriptEngine).Assembly.GetManifestResourceStream("Patchbay.Functions.Child.Prelude.js")!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"function\.js:(?<line>[0-9]{1,9}):", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Place();
}
