/** Known answers for a throw-away key, checked against two other implementations. Never use the key for anything else. */

/** A private key whose `d` begins with a zero byte, which a JWK drops. */
export const keyAsJwk = {
  kty: 'RSA',
  e: 'AQAB',
  n: 'lBkV7CIaCYe4pEmy4VpSn8bUzBreZ5ZrXDH1HdPtgkU7NgLCruc5Ogp3zj1hRT_NhXdKs-QdMFb6hjyQD1Jd-0yW8vgZYgG9kloLk8cswLLLY27DZWzH8jsw2nKHw-byNwlEtKAvufJDEkDhzsJJmem4RkgaStXRtJdd86QMQcget4JQihnz1rk3vn-JtAQINia10miTGb9-ear3_4e7Q1SHhJvSytDgqzBYvEOqyNVLArm1_oep190YZgvPYTBc809IScbU0Dg1QsFzQXHJRYg8o7ENve7VqH6eQR606mdyHTf9IyuKt2vfMBVp-qv4W7IC5W8MfTsrj5zAuBrwOQ',
  d: '2r31MrLFcIFOGLaZTGoSLx_Gn8YFmuZy9D7-o4CBWJaXOmzE42iOW3O-i2X0oiCveUm5VIpw-NaJwRfwU8_Z9j7Nq9RhBYpE5zeJUrJDr1EzQPwlnw-SWJJH3dAZMlXMTc_n3j5-Als4JmvsOS_JC23OjOGgrFiqEzwPA9iwVmJRJG4F7Jk1sDcP64YRzdlhRcVNNRxkR0DcMXgHuDeETvBJOxHVcEpi3tRlXelW1HI7W947gWYv3T0EfKp_wu34hOrXv-sjLm3ElnjSjMYw6GJ6ne7y8Ma0onWk3kN9loDx9PiySlT_tgGMCYYsb5CjBDwZwjyiKDqJ6JEu6w4F',
  p: 'y5KHxPR_z5uhebn8lbeDieZ36JaoZMrunms3fS7DkgcbSIeYeN-vG-tC9PFU2apuRSoX0J_MeDpXTe1Z-2gnONGnw920Amg0JrgNTWHvwIsgW42DPxh2JmorHoaOE7Jc7rC_IwleXr50SdrPUj6ZmgzOz4G67FIReZxFbE0PESc',
  q: 'uj0k7IM58GtqiU6dm7IjLo44T6wFgnvnJpJipXn3PSnhC758MuAGj-Lg6h5aGHaykKlqhT_IbZycnoq6efZ_bJhfnW1RgqpVeHkL90BTd5IgCpnr3DDv1pzITT5uspjqOTvj8xvy3N2qcYeEBTz3Zn_NWRdSh5-ZBAyy6TMSD58',
  dp: 'tDUXqRuDlSXBEP-6gFJ-x_FUDnpnwSn_iA-DhHaEO928oj0elUn2OnHNyQVlxnXfvaxgfpcnKvsCVAKb2DlAF0VJDNNSyZqzJ99gLzNWSI0gbMtd9tnRpXnwh8o3NWp8Z_Pgj8R4XMieKs7fHoA5-ywBW6IM9axEufHDZvbkMps',
  dq: 'llG92Mx-WmhI4DS9D6szrGMMXnopJE2fn8ltp8SO4yZHR7RjCKk7gq2L_kurSq2bqRmlKZH200oiO_EbXE-yP9Oo8ScIMGANhqSlHNclx5ABHq1n6xzwqJd5MKegr7Su8K0_arz3RIACD4pi69tukKO8-hjR-ze9SMB7M7CN9l8',
  qi: 'QPX39OuAgM16XIZs9h4igNyqUl0iLc04uxmTTnl9dUD2RaQLDXJUXylKWLNFID_pHZHXP9vsMoIGfS-YG18An35ACPSNHIL9U2h4lvH02XN7nRstkjp_G-XtM-vwWu7l322OPL9p08sGd8S1l8zL4kjWuRvau-ydc4BopwGpU5A',
};

/** The same key as the agent's file holds it. */
export const keyAsParameters = {
  ContainerName: '',
  UseCng: false,
  d: 'ANq99TKyxXCBThi2mUxqEi8fxp/GBZrmcvQ+/qOAgViWlzpsxONojltzvotl9KIgr3lJuVSKcPjWicEX8FPP2fY+zavUYQWKROc3iVKyQ69RM0D8JZ8PkliSR93QGTJVzE3P594+fgJbOCZr7DkvyQttzozhoKxYqhM8DwPYsFZiUSRuBeyZNbA3D+uGEc3ZYUXFTTUcZEdA3DF4B7g3hE7wSTsR1XBKYt7UZV3pVtRyO1veO4FmL909BHyqf8Lt+ITq17/rIy5txJZ40ozGMOhiep3u8vDGtKJ1pN5DfZaA8fT4skpU/7YBjAmGLG+QowQ8GcI8oig6ieiRLusOBQ==',
  dp: 'tDUXqRuDlSXBEP+6gFJ+x/FUDnpnwSn/iA+DhHaEO928oj0elUn2OnHNyQVlxnXfvaxgfpcnKvsCVAKb2DlAF0VJDNNSyZqzJ99gLzNWSI0gbMtd9tnRpXnwh8o3NWp8Z/Pgj8R4XMieKs7fHoA5+ywBW6IM9axEufHDZvbkMps=',
  dq: 'llG92Mx+WmhI4DS9D6szrGMMXnopJE2fn8ltp8SO4yZHR7RjCKk7gq2L/kurSq2bqRmlKZH200oiO/EbXE+yP9Oo8ScIMGANhqSlHNclx5ABHq1n6xzwqJd5MKegr7Su8K0/arz3RIACD4pi69tukKO8+hjR+ze9SMB7M7CN9l8=',
  exponent: 'AQAB',
  inverseQ:
    'QPX39OuAgM16XIZs9h4igNyqUl0iLc04uxmTTnl9dUD2RaQLDXJUXylKWLNFID/pHZHXP9vsMoIGfS+YG18An35ACPSNHIL9U2h4lvH02XN7nRstkjp/G+XtM+vwWu7l322OPL9p08sGd8S1l8zL4kjWuRvau+ydc4BopwGpU5A=',
  modulus:
    'lBkV7CIaCYe4pEmy4VpSn8bUzBreZ5ZrXDH1HdPtgkU7NgLCruc5Ogp3zj1hRT/NhXdKs+QdMFb6hjyQD1Jd+0yW8vgZYgG9kloLk8cswLLLY27DZWzH8jsw2nKHw+byNwlEtKAvufJDEkDhzsJJmem4RkgaStXRtJdd86QMQcget4JQihnz1rk3vn+JtAQINia10miTGb9+ear3/4e7Q1SHhJvSytDgqzBYvEOqyNVLArm1/oep190YZgvPYTBc809IScbU0Dg1QsFzQXHJRYg8o7ENve7VqH6eQR606mdyHTf9IyuKt2vfMBVp+qv4W7IC5W8MfTsrj5zAuBrwOQ==',
  p: 'y5KHxPR/z5uhebn8lbeDieZ36JaoZMrunms3fS7DkgcbSIeYeN+vG+tC9PFU2apuRSoX0J/MeDpXTe1Z+2gnONGnw920Amg0JrgNTWHvwIsgW42DPxh2JmorHoaOE7Jc7rC/IwleXr50SdrPUj6ZmgzOz4G67FIReZxFbE0PESc=',
  q: 'uj0k7IM58GtqiU6dm7IjLo44T6wFgnvnJpJipXn3PSnhC758MuAGj+Lg6h5aGHaykKlqhT/IbZycnoq6efZ/bJhfnW1RgqpVeHkL90BTd5IgCpnr3DDv1pzITT5uspjqOTvj8xvy3N2qcYeEBTz3Zn/NWRdSh5+ZBAyy6TMSD58=',
};

export const assertionVector = {
  clientId: '6f1d2c3b-4a59-4e68-9b70-8c9dadbecfd0',
  audience: 'https://vssps.dev.azure.com/example/_apis/oauth2/token',
  id: '0b0c0d0e-0f10-4112-9314-151617181920',
  nowSeconds: 1767323045,
  sha256: '04d42920096858bc973cfa3e5d1135ce097b1cfa70c5bd8868ec7a57b17e561d',
};

export const messageVector = {
  wrappedKey:
    'e2rxfbjfLqMF23QXZZwlESeuP7pBg0h4N2JrL8C/cFuoRsGkQ48K9wySk3AGBxNq9gWtvV/x960SciNjsQPh+KiVQYmrUBDGyVbmU4tguQ8kd68T9nhGMZ5+WPgsVf9IQuOYhZf05foH/B1bfvSn1KStdGoWboq6BUbxv8X0DjnHODod55Rhi3lw6sFKOrNdShRAIZdrHTl56is2dEXPrIcmXa2pWX0UUJs9D4QpQfpDkeHqYDHwXPnP3VdO1RR+/mBXDrmksgqd3eWJ72ji6Aa8MSf9EYQxpYUZaNqqpcdBdMqVJO3zkHTMKhV9JQbp9hkVVxEYUMeFUZlvv7zICg==',
  keyHex: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  iv: 'oKGio6SlpqeoqaqrrK2urw==',
  plain: '{"jobId":"11111111-2222-4333-8444-555555555555","timeout":"00:05:00"}',
  body: '1iypN6pK1/tzpX0HiRgMv6m9kWlDQ8eU6G2Akx7akf5nNvP3I1cJ2bl7Ygx085Z+Eloam3v6DeQm3CeIqp/Qj3IzlLPGE1vPDpJ0keJyNCs=',
  bodyWithMark:
    'j8zVRz2o7/R10kWO6HlG4dxqaTavNkFMbrgXksQh70rXOs5e0fAJSGfuYGl7/jNCZNsLH31FwEsM6t7wGa8oWh7uihEgiEC0/YWTd8O7UCA=',
};
