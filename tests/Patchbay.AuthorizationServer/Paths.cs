namespace Patchbay.Authorizing;

/// <summary>Where things are.</summary>
internal static class Paths
{
    public const string Authorize = "/connect/authorize";
    public const string Token = "/connect/token";
    public const string Revoke = "/connect/revoke";
    public const string SignIn = "/sign-in";
    public const string Me = "/api/me";
    public const string Echo = "/api/echo";
    public const string Control = "/control";
}
