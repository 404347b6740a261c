namespace Patchbay.Protocols.Http;

/// <summary>Where in a request a credential stands.</summary>
public enum CredentialPlace
{
    /// <summary>A header.</summary>
    Header,

    /// <summary>A query parameter.</summary>
    Query,

    /// <summary>A cookie.</summary>
    Cookie,
}
