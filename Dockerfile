# The image of `gennet probe --in-pod`. The build context is gennet's package:
#   npm install --global gennet && docker build --tag REGISTRY/gennet:VERSION "$(npm root --global)/gennet"
FROM node:24.11.1-trixie-slim
ENV NODE_DISABLE_COMPILE_CACHE=1 NODE_EXTRA_CA_CERTS=/etc/ssl/rds.pem
# Node.js does not know the authorities of RDS. AWS adds to this file, so it has no checksum here.
ADD --chmod=644 https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem /etc/ssl/rds.pem
WORKDIR /opt/gennet
COPY package.json LICENSE ./
COPY bin ./bin
COPY dist ./dist
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
ENTRYPOINT ["node", "/opt/gennet/bin/gennet"]
