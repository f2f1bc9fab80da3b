/** The release that this program is of. Its packages bear the same, which a test sees. */
export const RELEASE = '0.1.0';

/** How its daemon names itself on the control socket, in the header `server`. */
export const PRODUCT = `incus-azure-pipelines/${RELEASE}`;
