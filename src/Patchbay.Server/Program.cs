using Patchbay.Functions;
using Patchbay.Server;

// A child that runs a custom function: it needs nothing of the server, and must be confined before it does anything else.
if (FunctionHost.IsMeant(args)) return FunctionHost.Run(args);
// For the expressions that a library makes of strangers' patterns and sets no limit to; those of ours have their own.
AppDomain.CurrentDomain.SetData("REGEX_DEFAULT_MATCH_TIMEOUT", TimeSpan.FromSeconds(2));
return await CommandLine.RunAsync(args);
