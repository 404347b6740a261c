namespace Patchbay.Protocols.Http;

/// <summary>The order in which the credentials of a connection are applied.</summary>
public static class RequestCredentialOrder
{
    /// <summary>
    /// Moves those that sign behind the others and changes nothing else about the order: a signature over a URL holds no longer when another
    /// credential adds a parameter afterwards.
    /// </summary>
    /// <param name="credentials">The credentials in the order in which they were given.</param>
    public static IReadOnlyList<IRequestCredential> SigningLast(IEnumerable<IRequestCredential> credentials) =>
        [.. credentials.OrderBy(credential => credential.Signs)];
}
